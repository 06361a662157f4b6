//! The keys of forms, menus, questions and small lists: places of the map like any other.

use watchfire::{
    app::desk::{layer::Layer, view::layer::Seeing},
    config::{
        self, Request,
        keymap::{Command, Keymap, preset},
        request::Env,
    },
};

use super::*;

/// The map of somebody who wrote this.
pub(super) fn bound(keys: &str) -> Keymap {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, format!("[keys]\n{keys}")).unwrap();
    let mut request = Request { explicit: Some(file), ..Request::from_process() };
    request.env = Env::of(&[]);
    config::load(&request).unwrap_or_else(|e| panic!("{e:?}")).keymap
}

async fn with(keys: &str) -> App {
    let mut app = demo().await;
    app.keymap = bound(keys);
    app
}

fn foot(app: &App) -> String {
    screen(app).lines().last().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_form_goes_by_the_keys_that_are_bound_and_names_them() {
    let mut app = with("form.send = \"ctrl-g\"\nform.next = \"f8\"\nform.cancel = \"f9\"\n").await;
    press(&mut app, "a");
    for named in ["Ctrl-g send the ack", "F8 next field", "F9 leave"] {
        assert!(foot(&app).contains(named), "{named}: {}", foot(&app));
    }
    press(&mut app, "Enter Tab Esc");
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("a key that is bound no more did something") };
    let before = form.terms.field;
    press(&mut app, "F8");
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("it is closed") };
    assert_ne!(form.terms.field, before);
    press(&mut app, "F9");
    assert!(app.desk.layers.is_empty());
    press(&mut app, "a ctrl-g");
    assert!(app.desk.layers.is_empty(), "{}", toast(&app));
}

#[tokio::test]
async fn what_is_said_names_the_keys_that_are_bound() {
    let mut app = with("alerts.group = \"f6\"\npane.zoom = \"f7\"\n").await;
    press(&mut app, "C");
    assert!(toast(&app).contains("F6 groups the alerts"), "{}", toast(&app));
    press(&mut app, "F7 >");
    assert!(toast(&app).contains("F7 shows the others"), "{}", toast(&app));
}

#[tokio::test]
async fn what_is_written_is_cut_and_moved_in_by_the_keys_that_are_bound() {
    let mut app = with("text.cut_word = \"f7\"\ntext.start = \"ctrl-a\"\n").await;
    press(&mut app, "n");
    write(&mut app, "one two");
    press(&mut app, "F7 ctrl-w ctrl-a");
    write(&mut app, "0 ");
    let Some(Layer::Note(form)) = app.desk.top_layer() else { panic!("no note") };
    assert_eq!(form.text.as_str(), "0 one ");
}

#[tokio::test]
async fn a_question_is_answered_by_the_keys_that_are_bound_and_names_them() {
    let mut app = with("question.yes = \"Y\"\n").await;
    press(&mut app, "S x");
    assert!(matches!(app.desk.top_layer(), Some(Layer::Expire(_))), "{}", screen(&app));
    assert!(screen(&app).contains("end it now? [Y/N]") && foot(&app).contains("Y end them"), "{}", screen(&app));
    assert_eq!(app.asks().unwrap().yes.len(), 1, "the gate knows another key than the map");
    press(&mut app, "Enter");
    assert!(toast(&app).contains("nothing was changed"), "{}", toast(&app));
    press(&mut app, "x Y");
    assert!(!toast(&app).contains("nothing was changed"), "{}", toast(&app));
}

#[tokio::test]
async fn a_menu_goes_by_the_keys_that_are_bound_and_names_them() {
    let mut app = with("menu.next = \"ctrl-n\"\nmenu.choose = \"ctrl-y\"\nmenu.cancel = \"ctrl-g\"\n").await;
    press(&mut app, ":");
    assert!(foot(&app).contains("Ctrl-y run") && foot(&app).contains("Ctrl-g leave"), "{}", foot(&app));
    press(&mut app, "Down ctrl-n ctrl-n");
    let Some(Layer::Menu(menu)) = app.desk.top_layer() else { panic!("no menu") };
    assert_eq!(menu.place, 2);
    press(&mut app, "ctrl-g /");
    write(&mut app, "severity=critical");
    press(&mut app, "ctrl-y");
    assert_eq!(app.desk.filter.text, "severity=critical");
    assert!(app.desk.layers.is_empty());
}

#[tokio::test]
async fn a_small_list_moves_as_the_panes_do_and_has_its_own_help() {
    let mut app = demo().await;
    app.keymap = preset::keymap("vim");
    press(&mut app, "f");
    let place = |app: &App| match app.desk.top_layer() {
        Some(Layer::Seeing(Seeing::Facets(facets))) => facets.place,
        other => panic!("{other:?}"),
    };
    press(&mut app, "G");
    assert!(place(&app) > 3);
    press(&mut app, "g");
    assert!(place(&app) > 3 && app.desk.begun(), "the first key of a chord did something");
    press(&mut app, "g");
    assert_eq!(place(&app), 0);
    press(&mut app, "?");
    let Some(Layer::Menu(menu)) = app.desk.top_layer() else { panic!("no help") };
    assert!(menu.found.iter().take(3).all(|c| c.name().starts_with("facets.")), "{:?}", &menu.found[..5]);
    press(&mut app, "Esc Esc");
    assert!(app.desk.layers.is_empty());
}

#[tokio::test]
async fn a_letter_of_a_menu_to_copy_from_goes_before_any_command() {
    let mut app = demo().await;
    press(&mut app, "y");
    assert!(matches!(app.desk.top_layer(), Some(Layer::Pick(_))));
    // `n` writes a note everywhere else.
    press(&mut app, "n");
    assert!(app.desk.layers.is_empty());
    assert!(!toast(&app).contains("nothing to take"));
}

#[tokio::test]
async fn no_command_is_without_what_it_does() {
    for command in Command::ALL.iter().filter(|c| c.places().is_empty()) {
        let mut app = demo().await;
        drop(app.update(app.now, Msg::Asked(*command)));
        assert!(!toast(&app).contains(&format!("{} works in", command.name())), "{}", toast(&app));
    }
}

#[tokio::test]
async fn the_text_under_a_form_is_drawn_in_80_columns_with_the_keys_that_are_bound() {
    let mut app = with("form.send = \"ctrl-g\"\nform.newline = \"alt-down\"\n").await;
    drop(app.update(app.now, Msg::Resized { width: 80, height: 24 }));
    press(&mut app, "n");
    assert!(foot(&app).contains("Ctrl-g keep") && foot(&app).contains("Alt-Down new line"), "{}", foot(&app));
    write(&mut app, "a");
    press(&mut app, "alt-down");
    write(&mut app, "b");
    let Some(Layer::Note(form)) = app.desk.top_layer() else { panic!("no note") };
    assert_eq!(form.text.as_str(), "a\nb");
}
