//! Small screens: nothing is done that cannot be read there.

use watchfire::{app::desk::layer::Layer, config::keymap::Command};

use super::*;

fn resize(app: &mut App, (width, height): (u16, u16)) {
    drop(app.update(app.now, Msg::Resized { width, height }));
}

/// What is on the screen as one line; of a row that crosses a box, what stands in the box.
fn read(app: &App) -> String {
    let inside = |line: &str| match (line.find('│'), line.rfind('│')) {
        (Some(from), Some(to)) if from < to => line[from + '│'.len_utf8()..to].to_owned(),
        _ => line.to_owned(),
    };
    let text: Vec<String> = screen(app).lines().map(inside).collect();
    text.join(" ").replace(['─', '━', '▌'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn where_a_plan_cannot_be_seen_no_key_begins_or_sends_one() {
    let mut app = demo().await;
    resize(&mut app, (20, 5));
    for keys in ["a", "s", "n", ":", "?", "M", "i", ", t", "Enter"] {
        press(&mut app, keys);
        assert!(app.desk.layers.is_empty() && !app.desk.begun(), "{keys}");
        assert!(read(&app).contains("not done unseen"), "{keys}\n{}", screen(&app));
    }
}

#[tokio::test]
async fn a_form_hidden_by_a_shrinking_window_takes_no_key_but_the_one_that_leaves_it() {
    let mut app = demo().await;
    press(&mut app, "a");
    resize(&mut app, (20, 5));
    assert!(read(&app).contains("hidden here: Esc leaves it"), "{}", screen(&app));
    press(&mut app, "x Enter");
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("it was sent unseen") };
    assert_eq!(form.terms.reason.as_str(), "");
    press(&mut app, "Esc");
    assert!(app.desk.layers.is_empty());
    resize(&mut app, (80, 24));
    press(&mut app, "a");
    assert!(matches!(app.desk.top_layer(), Some(Layer::Ack(_))), "with room it is as ever");
}

#[tokio::test]
async fn the_plan_of_an_ack_is_read_to_its_end_on_the_smallest_screen() {
    let mut app = demo().await;
    resize(&mut app, (40, 10));
    press(&mut app, "a");
    assert!(read(&app).contains("more: PgDn"), "{}", screen(&app));
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("no form") };
    let wanted: Vec<String> = form.plan.matchers.iter().map(ToString::to_string).collect();
    let mut seen = read(&app);
    for _ in 0..12 {
        press(&mut app, "pgdn");
        seen += &read(&app);
    }
    for matcher in &wanted {
        assert!(seen.contains(matcher.as_str()), "{matcher}\n{seen}");
    }
    assert!(seen.contains("breaks when") && read(&app).contains("above: PgUp"), "{seen}");
}

#[tokio::test]
async fn on_the_smallest_screen_the_field_that_is_written_in_is_seen_and_why_it_cannot_be_sent() {
    let mut app = demo().await;
    resize(&mut app, (40, 10));
    press(&mut app, "a Tab");
    assert!(read(&app).contains("lasts: 1h"), "{}", screen(&app));
    press(&mut app, "ctrl-u");
    write(&mut app, "soon");
    press(&mut app, "Enter");
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("it was sent") };
    let why = form.terms.error.clone().expect("it says why");
    let last = why.split_whitespace().last().unwrap_or_default();
    assert!(read(&app).contains(last), "{why}\n{}", screen(&app));
}

#[tokio::test]
async fn before_an_ack_is_taken_back_or_a_silence_ended_what_comes_of_it_is_read_on_the_smallest_screen() {
    let mut app = demo().await;
    resize(&mut app, (40, 10));
    press(&mut app, "S x");
    assert!(read(&app).contains("pages again") && read(&app).contains("end it now?"), "{}", screen(&app));
    press(&mut app, "Esc +");
    assert!(read(&app).contains("longer; the same id"), "{}", screen(&app));
}

#[tokio::test]
async fn what_was_just_said_is_read_to_its_end() {
    for size in [(120, 40), (80, 24), (40, 10)] {
        let mut app = demo().await;
        resize(&mut app, size);
        press(&mut app, ", m");
        let said = app.desk.toast.as_ref().map(|t| format!("{:?}", t.told)).unwrap_or_default();
        let last: Vec<&str> = said.trim_end_matches("\")").split_whitespace().rev().take(2).collect();
        let last = format!("{} {}", last[1], last[0]);
        assert!(read(&app).contains(&last), "{last}\n{}", screen(&app));
    }
}

#[tokio::test]
async fn the_help_tells_what_the_selected_command_does_to_the_last_word() {
    for size in [(120, 40), (80, 24)] {
        let mut app = demo().await;
        resize(&mut app, size);
        press(&mut app, "?");
        for _ in 0..40 {
            let Some(Layer::Menu(menu)) = app.desk.top_layer() else { panic!("no help") };
            let told = menu.found[menu.place].help();
            assert!(read(&app).contains(told), "{told}\n{}\n{}", read(&app), screen(&app));
            press(&mut app, "down");
        }
    }
}

#[tokio::test]
async fn a_title_names_the_key_that_will_work_when_the_menu_over_it_is_closed() {
    let mut app = demo().await;
    press(&mut app, "S ?");
    write(&mut app, "zzzz");
    assert!(screen(&app).contains("Esc back"), "{}", screen(&app));
    assert!(!screen(&app).contains(Command::Back.name()), "{}", screen(&app));
}

#[tokio::test]
async fn a_chord_names_each_continuation_whole_however_long_its_sentence_is() {
    for size in [(120, 40), (80, 24), (40, 10)] {
        let mut app = demo().await;
        resize(&mut app, size);
        press(&mut app, ",");
        for command in [Command::Theme, Command::Mouse, Command::Times] {
            assert!(screen(&app).contains(command.label()), "{}", screen(&app));
        }
    }
}
