//! Maps as they are read and judged: where the built-in one and the presets hold, and what is said of a user's.

use std::path::Path;

use super::*;
use crate::config::{document, fault::Report};

fn judged(text: &str) -> (Keymap, Vec<String>, Vec<String>) {
    let (table, _) = document::parse(text);
    let mut report = Report::new(Path::new("k"));
    let map = Keymap::read(Some(&table), &mut report);
    let warnings = report.warnings.iter().map(ToString::to_string).collect();
    (map, report.into_errors().iter().map(ToString::to_string).collect(), warnings)
}

fn read(text: &str) -> (Keymap, Vec<String>) {
    let (map, errors, _) = judged(text);
    (map, errors)
}

fn keys(text: &str) -> Vec<Key> {
    Chord::parse(text).unwrap().0
}

fn asked(map: &Keymap, here: Context, text: &str) -> Match {
    map.lookup(here, &keys(text))
}

/// Two bindings that are in force at one place, one of which begins with the other.
fn clashes(map: &Keymap) -> Vec<(Binding, Binding)> {
    let begins = |a: &Binding, b: &Binding| a.chord.0.starts_with(&b.chord.0) || b.chord.0.starts_with(&a.chord.0);
    let all = map.bindings().iter().enumerate();
    let pairs = all.flat_map(|(i, a)| map.bindings()[i + 1..].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| map.meet(a, b) && begins(a, b)).map(|(a, b)| (a.clone(), b.clone())).collect()
}

#[test]
fn the_built_in_map_is_what_hands_know_and_clashes_nowhere() {
    let (map, errors, warnings) = judged("");
    assert_eq!((errors, warnings), (Vec::new(), Vec::new()));
    assert_eq!(clashes(&map), []);
    for (key, command) in
        [("a", Command::Ack), ("A", Command::Unack), ("esc", Command::Back), ("ctrl-c", Command::Quit)]
    {
        assert_eq!(asked(&map, Context::Alerts, key), Match::Command(command), "{key}");
    }
    for taken in ["ctrl-a", "ctrl-b", "ctrl-s", "ctrl-q"] {
        assert_eq!(asked(&map, Context::Alerts, taken), Match::None, "{taken} is screen's, tmux's or flow control's");
    }
    assert_eq!(map.lookup(Context::Alerts, &[]), Match::None);
}

#[test]
fn every_preset_reads_clashes_nowhere_and_reaches_every_command() {
    for name in preset::NAMES {
        let (map, report) = preset::read(name);
        assert_eq!(report.into_errors(), [], "{name}");
        assert_eq!(clashes(&map), [], "{name}");
        let mut report = Report::new(Path::new(name));
        map.judge(&mut report);
        assert_eq!(report.warnings, [], "{name}");
        // A template has another way: it is the form of a silence, filled.
        for binding in map.bindings().iter().filter(|b| b.command != Command::FormTemplate) {
            let taken = binding.chord.0.iter().find_map(|k| judge::taken(*k));
            assert_eq!(taken, None, "{name}: {} for {}", binding.chord, binding.command.name());
        }
    }
}

/// Keys that somebody presses to get somewhere, whatever program they come from.
const MOTIONS: [&str; 24] = [
    "j",
    "k",
    "h",
    "l",
    "g",
    "G",
    "up",
    "down",
    "left",
    "right",
    "pgup",
    "pgdn",
    "home",
    "end",
    "tab",
    "shift-tab",
    "ctrl-d",
    "ctrl-u",
    "ctrl-f",
    "ctrl-e",
    "ctrl-y",
    "0",
    "$",
    "esc",
];

#[test]
fn no_key_that_hands_move_with_writes_or_leaves_in_any_map() {
    let maps = preset::NAMES.iter().map(|n| (*n, preset::keymap(n))).chain([("default", Keymap::default())]);
    for (name, map) in maps {
        for (here, key) in Context::ALL.iter().flat_map(|c| MOTIONS.map(|m| (*c, m))) {
            if let Match::Command(command) = asked(&map, here, key) {
                let harms = command.writes() || command == Command::Quit;
                assert!(!harms, "{name}: {key} is {} in {}", command.name(), here.name());
            }
        }
    }
}

#[test]
fn the_presets_are_what_their_hands_know() {
    for (preset, here, key, command) in [
        ("srepd", Context::Alerts, "h", Command::Help),
        ("srepd", Context::Alerts, "s", Command::Runbook),
        ("srepd", Context::Alerts, "ctrl-x s", Command::Silence),
        ("srepd", Context::Alert, "h", Command::Help),
        ("k9s", Context::Alerts, "d", Command::Open),
        ("k9s", Context::Alerts, "ctrl-r", Command::Refresh),
        ("k9s", Context::Alerts, "q", Command::Back),
        ("vim", Context::Alerts, "g g", Command::Top),
        ("vim", Context::Alerts, "ctrl-w w", Command::PaneNext),
        ("vim", Context::Alerts, "Z Z", Command::Quit),
        ("vim", Context::Budget, "b", Command::AxisBefore),
        ("vim", Context::Alerts, "b", Command::GroupBy),
    ] {
        let map = preset::keymap(preset);
        assert_eq!(asked(&map, here, key), Match::Command(command), "{preset} {key}");
    }
}

#[test]
fn a_preset_holds_under_what_the_user_binds() {
    let (map, errors) = read("preset = \"vim\"\nalerts.ack = \"f6\"\n");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(asked(&map, Context::Alerts, "f6"), Match::Command(Command::Ack));
    assert_eq!(asked(&map, Context::Alerts, "a"), Match::Elsewhere(Command::IncidentAttach));
    assert_eq!(asked(&map, Context::Alerts, "g g"), Match::Command(Command::Top));
    let (_, errors) = read("preset = \"vin\"\n");
    assert_eq!(errors, ["k:1:10: unknown preset `vin` of keys; did you mean `vim`?"]);
    let (_, errors) = read("preset = \"vim\"\nalerts.ack = \"g\"\n");
    assert!(errors[0].contains("by the preset vim"), "{errors:?}");
}

#[test]
fn a_chord_in_progress_says_how_it_may_go_on() {
    let (map, errors) = read("alerts.ack = [\"f6 a\", \"f5\"]\nalerts.unack = \"f6 A\"\n");
    assert_eq!(errors, Vec::<String>::new());
    let next = |text: &str| Chord::parse(text).unwrap();
    let asked = |text| asked(&map, Context::Alerts, text);
    assert_eq!(asked("f6"), Match::Prefix(vec![(next("a"), Command::Ack), (next("A"), Command::Unack)]));
    assert_eq!(asked("f6 A"), Match::Command(Command::Unack));
    assert_eq!(asked("f6 q"), Match::None);
    assert_eq!(asked("a"), Match::Elsewhere(Command::IncidentAttach));
    assert_eq!(map.chords(Command::Ack), ["F6 a", "F5"]);
}

#[test]
fn a_clash_names_both_sides_where_the_user_made_it() {
    let (_, errors) = read("alerts.ack = \"n\"\nopen = \"g x\"\nnote.editor = \"n\"\n");
    assert_eq!(errors.len(), 4, "{errors:#?}");
    assert!(errors[0].starts_with("k:1:14: `n` is `note.add` by default already"), "{}", errors[0]);
    assert!(errors[1].contains("`g` is `move.top` by default, so `g x` can never be finished"), "{}", errors[1]);
}

#[test]
fn a_key_means_one_thing_here_and_another_there() {
    let (map, errors) = read("[in.budgets]\nalerts.seen = \"a\"\n[in.timeline]\nalerts.ack = []\n");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(asked(&map, Context::Budgets, "a"), Match::Command(Command::Seen));
    assert_eq!(asked(&map, Context::Budgets, "N"), Match::None, "it has its own keys there");
    assert_eq!(asked(&map, Context::Alerts, "N"), Match::Command(Command::Seen));
    assert_eq!(asked(&map, Context::Alerts, "a"), Match::Command(Command::Ack));
    assert_eq!(asked(&map, Context::Timeline, "a"), Match::Elsewhere(Command::IncidentAttach));
    assert_eq!(asked(&map, Context::Silences, "x"), Match::Command(Command::SilenceEnd));
    assert_eq!(asked(&map, Context::Alerts, "x"), Match::Command(Command::Actions));
    assert_eq!(map.chords_in(Command::Actions, Context::Silences), Vec::<String>::new());
    assert_eq!(map.chords_in(Command::Seen, Context::Budgets), ["a"]);
}

#[test]
fn a_place_that_is_none_and_a_command_that_does_nothing_there_are_mistakes() {
    let (_, errors) = read("[in.budgts]\nalerts.ack = \"f6\"\n");
    assert_eq!(errors, ["k:1:5: unknown place `budgts` in [keys.in]; did you mean `budgets`?"]);
    let (_, errors) = read("[in.alerts]\nslo.drill = \"f6\"\n");
    assert_eq!(errors, ["k:2:13: `slo.drill` does nothing in the alerts; it works in an open budget"]);
    let (_, errors) = read("[in.silences]\nsilence.new = \"x\"\n");
    assert!(errors[0].contains("`x` is `silence.end` by default in the list of silences already"), "{errors:?}");
}

#[test]
fn what_is_strange_is_said_and_does_not_stop_anybody() {
    let (_, errors, warnings) = judged("alerts.ack = \"ctrl-a\"\n");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(warnings, ["k:1:14: `Ctrl-a`: screen takes Ctrl-a for itself; take a plain key"]);
    let (_, _, warnings) = judged("alerts.noise = []\nalerts.ack = \"f6\"\n");
    assert_eq!(warnings, ["k:1:16: no key asks for `alerts.noise` now; bind it anew, or run it with `:`"]);
    let (_, errors, warnings) = judged("app.help = \"+\"\n");
    assert_eq!(errors, Vec::<String>::new());
    let wanted = "k:1:12: `+` is `silence.extend` in the list of silences; give `app.help` another key there: \
                  [keys.in.silences] \"app.help\" = ..";
    assert!(warnings.iter().any(|w| w == wanted), "{warnings:#?}");
}

#[test]
fn a_key_that_is_written_is_no_key_where_one_writes() {
    let (_, errors) = read("form.send = \"x\"\n");
    let hint = "take Enter, Tab, Esc, an arrow, an F key, or a letter with ctrl";
    assert_eq!(errors, [format!("k:1:13: `x` can be no key for `form.send`: where one writes it is a letter; {hint}")]);
    let (_, errors) = read("menu.cancel = [\"space\", \"ctrl-x q\"]\n");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[1].contains("where one writes keys come one by one"), "{errors:?}");
    let (map, errors) = read("form.send = [\"ctrl-g\", \"f5\"]\n[in.menu]\ntext.cut_line = \"ctrl-k\"\n");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(asked(&map, Context::Form, "f5"), Match::Command(Command::FormSend));
    assert_eq!(asked(&map, Context::Menu, "ctrl-k"), Match::Command(Command::TextLine));
    assert_eq!(asked(&map, Context::Form, "ctrl-u"), Match::Command(Command::TextLine));
}

#[test]
fn in_a_form_only_its_own_keys_are_commands_and_they_may_not_clash() {
    let map = Keymap::default();
    for key in ["a", "q", "ctrl-d", "1", "f5"] {
        assert_eq!(asked(&map, Context::Form, key), Match::None, "{key}");
    }
    assert_eq!(asked(&map, Context::Question, "j"), Match::Command(Command::Down));
    assert_eq!(asked(&map, Context::Question, "a"), Match::None);
    assert_eq!(asked(&map, Context::Facets, "tab"), Match::Command(Command::FacetNext));
    let (_, errors) = read("form.next = \"enter\"\n");
    assert!(
        errors[0].contains("`Enter` is `form.send` by default in") || errors[0].contains("is `form.send` by default")
    );
    let (_, errors) =
        read("form.next = \"pgdn\"\nform.page_down = \"f3\"\nmenu.next = \"tab\"\nmenu.take = \"down\"\n");
    assert_eq!(errors, Vec::<String>::new(), "the same key in a form and a menu is no clash");
    let (_, errors) = read("[in.form]\nalerts.ack = \"f6\"\n");
    assert_eq!(errors, ["k:2:14: `alerts.ack` does nothing in a form; what takes keys itself has commands of its own"]);
    let (_, _, warnings) = judged("form.cancel = []\n");
    assert_eq!(warnings, ["k:1:15: no key asks for `form.cancel` now; bind it anew"]);
    let (_, _, warnings) = judged("pane.next = \"ctrl-e\"\n");
    assert_eq!(warnings, Vec::<String>::new(), "what does not work in a form is not hidden there");
}

#[test]
fn what_takes_a_chord_back_is_bound_like_any_key_and_is_part_of_no_chord() {
    let (map, errors) = read("chord.back = \"ctrl-g\"\nchord.leave = [\"f9\", \"ctrl-x\"]\nopen = \", esc\"\n");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(asked(&map, Context::Chord, "ctrl-g"), Match::Command(Command::ChordBack));
    assert_eq!(asked(&map, Context::Chord, "ctrl-x"), Match::Command(Command::ChordLeave));
    assert_eq!(asked(&map, Context::Chord, "esc"), Match::None);
    let hint = "bind `chord.leave` anew, or take another chord";
    let (_, errors) = read("open = \", esc\"\n");
    assert_eq!(errors, [format!("k:1:8: `Esc` is `chord.leave` in a chord, so `, Esc` can never be finished; {hint}")]);
    let (_, errors) = read("open = \", f7\"\nchord.leave = \"f7\"\n");
    assert_eq!(errors, [format!("k:2:15: `F7` is `chord.leave` in a chord, so `, F7` can never be finished; {hint}")]);
    for (wrong, why) in [
        ("chord.leave = \"x\"\n", "a chord or a count may go on with it"),
        ("chord.back = \"ctrl-x f7\"\n", "it would be a chord in a chord"),
        ("chord.back = \"esc\"\n", "`Esc` is `chord.leave` by default"),
    ] {
        let (_, errors) = read(wrong);
        assert!(errors.len() == 1 && errors[0].contains(why), "{wrong}: {errors:?}");
    }
    for map in preset::NAMES.iter().map(|name| preset::keymap(name)).chain([Keymap::default()]) {
        let cut = |key: &Key| matches!(map.lookup(Context::Chord, &[*key]), Match::Command(_));
        assert!(
            !map.bindings().iter().any(|b| b.chord.0.iter().skip(1).any(cut)),
            "one that we bound is never finished"
        );
    }
    let (_, _, warnings) = judged("chord.leave = []\n");
    assert_eq!(warnings, ["k:1:15: no key asks for `chord.leave` now; bind it anew"]);
}

#[test]
fn outside_of_forms_every_command_has_a_key_without_ctrl_alt_or_f() {
    let map = Keymap::default();
    let plain = |key: &Key| !key.ctrl && !key.alt && !matches!(key.code, KeyCode::F(_));
    for command in Command::ALL.iter().filter(|c| !c.is_beside_text()) {
        let its = |b: &&Binding| b.command == *command && b.chord.0.iter().all(plain);
        assert!(map.bindings().iter().any(|b| its(&b)), "{}", command.name());
    }
}
