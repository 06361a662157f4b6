//! Files that mean harm, or were cut in the middle: bounded, told, and never a panic.

use std::{fs, path::Path};

use proptest::prelude::*;
use watchfire::config::slo::{Around, FILE_MAX, read, read_files};

use super::{ids, of, told};

const LAST: &str = "---\napiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: last}\n\
                    spec: {target: \"99\", window: 1w, indicator: {bool_gauge: {metric: up}}}\n";

#[test]
fn bombs_end_in_a_problem_and_take_nothing_down() {
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for k in 1..9 {
        let before = format!("*a{}", k - 1);
        laughs.push_str(&format!("a{k}: &a{k} [{}]\n", vec![before; 10].join(",")));
    }
    let deep = |n: usize| format!("{}1{}\n", "[".repeat(n), "]".repeat(n));
    let maps = (0..300).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>();
    let ladder = (1..2_000).fold("b0: &b0 [x]\n".to_owned(), |text, k| text + &format!("b{k}: &b{k} [*b{}]\n", k - 1));
    let bombs = [laughs, ladder, deep(100_000), deep(1_500), maps, "a: b: c\n".into(), "\u{0}\n".into()];
    for bomb in bombs.into_iter().chain(["- &a [*a]\n".into(), "? [a]\n: b\n".into(), "a: 1\na: 2\n".into()]) {
        let reading = of(&(bomb.clone() + LAST));
        assert_eq!((ids(&reading), reading.problems.len()), (vec!["last"], 1), "{bomb:.60}: {:?}", reading.problems);
        assert!(reading.problems[0].problem.line.is_some());
    }
}

#[test]
fn what_comes_from_a_file_cannot_write_to_the_terminal() {
    let reading = read(&[("\u{1b}]0;x\u{7}", "apiVersion: \"\\e[31mred\\nline\"\n")], &Around::default());
    let told = reading.problems[0].to_string();
    assert!(!told.chars().any(char::is_control), "{told:?}");
}

#[test]
fn a_file_that_is_wrong_throughout_is_not_told_line_by_line() {
    let reading = of(&"---\nwrong: 1\n".repeat(5_000));
    assert_eq!(reading.problems.len(), 101);
    assert_eq!(reading.problems[100].to_string(), "t.yaml: and 4900 more");
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("latin.yaml"), b"a: 1\nb: \xe9\n").unwrap();
    fs::write(path("huge.yaml"), "#".repeat(FILE_MAX + 1)).unwrap();
    fs::write(path("good.yaml"), LAST).unwrap();
    let paths: Vec<_> = ["gone.yaml", "latin.yaml", "huge.yaml", "good.yaml"].map(path).into();
    let reading = read_files(&paths, &Around::default());
    let said: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    let wanted = [
        "gone.yaml: this file cannot be read",
        "latin.yaml:2: this is not UTF-8",
        "huge.yaml: this file has more than 8 MB",
    ];
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.contains(wanted), "{said}");
    }
    assert_eq!((said.len(), ids(&reading)), (3, vec!["last"]));
}

/// Every fixture in one text.
fn fixtures() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slo");
    let texts = ["openslo", "sloth", "pyrra"].into_iter().flat_map(|f| fs::read_dir(root.join(f)).unwrap());
    let texts = texts.map(|e| e.unwrap().path()).filter(|p| p.extension().is_none_or(|e| e != "slos"));
    texts.map(|p| fs::read_to_string(p).unwrap() + "\n---\n").collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_mangled_file_makes_it_fall_over(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "[\\PC\n:{}\\[\\]&*|>\"' -]{0,6}"), 1..8)) {
        let mut text: Vec<char> = fixtures().chars().collect();
        for (at, gone, new) in cuts {
            let from = at.index(text.len());
            let to = (from + gone).min(text.len());
            text.splice(from..to, new.chars());
        }
        let text: String = text.into_iter().collect();
        let lines = u32::try_from(text.lines().count()).unwrap();
        let reading = of(&text);
        for problem in reading.problems.iter().chain(&reading.warnings) {
            prop_assert!(problem.problem.line.is_none_or(|l| (1..=lines + 1).contains(&l)), "{}", problem);
        }
        let mut all = ids(&reading);
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all.len(), reading.slos.len(), "ids are unique");
        for slo in &reading.slos {
            prop_assert!((3_600..=400 * 86_400).contains(&slo.window.seconds()), "{:?}", slo.window);
            prop_assert!(slo.parts.iter().all(|p| p.weight > 0.0 && reading.slos.iter().any(|s| s.id == p.id)), "{:?}", slo);
        }
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "\\PC{0,60}|[a-z:{}\\[\\]&*|>\"' \n-]{0,80}") {
        let reading = of(&text);
        prop_assert!(reading.slos.is_empty());
        let _ = told(&reading.problems);
    }
}
