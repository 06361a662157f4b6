//! The JSON Schema, judged by a validator that is not ours.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use watchfire::config::{self, DEFAULT_TOML, schema};

/// Reads `{"schema": .., "files": [..]}` and answers how many mistakes each file has; -1 where it is no TOML.
const JUDGE: &str = r#"
import json, sys, tomllib, jsonschema
told = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(told["schema"])
validator = jsonschema.Draft202012Validator(told["schema"])
def judged(text):
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return -1
    return len(list(validator.iter_errors(document)))
print(json.dumps([judged(text) for text in told["files"]]))
"#;

fn judged(files: &[String]) -> Vec<i64> {
    let mut python = Command::new("python3");
    let mut child = python.args(["-c", JUDGE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let question = serde_json::json!({ "schema": schema::json(), "files": files });
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 with jsonschema judges it: apt-get install python3-jsonschema");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn what_is_right_fits_the_schema() {
    let mut files = vec![DEFAULT_TOML.to_owned(), config::starter(None), config::starter(Some("http://x:9093"))];
    files.push(read(&root("assets/demo.toml")));
    let valid = std::fs::read_dir(root("tests/fixtures/config/valid")).unwrap().map(|e| e.unwrap().path());
    files.extend(valid.filter(|p| p.extension().is_some_and(|e| e == "toml")).map(|p| read(&p)));
    // Every example of the reference switched on, too.
    let bare = |line: &str| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line).to_owned();
    files.push(DEFAULT_TOML.lines().map(bare).collect::<Vec<_>>().join("\n"));
    assert_eq!(judged(&files), vec![0; files.len()]);
}

/// Files that are wrong in a way that no shape says: by what belongs together, what is there, what can be read.
const OF_MEANING: [&str; 7] = ["auth", "incident", "keys", "later", "open_secret", "theme", "files"];
/// These are no TOML.
const OF_SYNTAX: [&str; 2] = ["syntax", "twice"];

#[test]
fn what_is_wrong_in_its_shape_does_not_fit_the_schema() {
    let wrong = std::fs::read_dir(root("tests/fixtures/config/invalid")).unwrap().map(|e| e.unwrap().path());
    let wrong: Vec<PathBuf> = wrong.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    let texts: Vec<String> = wrong.iter().map(|p| read(p)).collect();
    for (path, mistakes) in wrong.iter().zip(judged(&texts)) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let wanted = match name {
            _ if OF_SYNTAX.contains(&name) => mistakes == -1,
            _ if OF_MEANING.contains(&name) => mistakes >= 0,
            _ => mistakes > 0,
        };
        assert!(wanted, "{name}: {mistakes}");
    }
}

#[test]
fn each_mistake_of_shape_is_refused_by_the_program_and_by_the_schema() {
    let wrong = [
        "read_only = \"yes\"",
        "[ack]\nlast = \"1h\"",
        "[ack]\nlasts = \"1 hour\"",
        "[ack]\nlasts = 3600",
        "[ack]\nsilences_max = 0",
        "[silence]\nguard_share = 1.5",
        "[ui]\nglyphs = \"emoji\"",
        "[ui]\ntheme = \"\"",
        "[slo]\nfiles = \"a.yaml\"",
        "[[source]]\nkind = \"alertmanager\"\nurl = \"http://x\"",
        "[source]\nname = \"x\"",
        "[[source]]\nname = \"x\"\nkind = \"prometheus\"\nurl = \"http://x\"\nheaders = { A = 1 }",
        "[keys]\n\"alerts.ack\" = 5",
        "[profile.\"a b\"]\nread_only = true",
        "[profile.prod]\ncolour = \"pink\"",
        "[profile.prod.ui]\nthem = \"mono\"",
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    let texts: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    for (text, mistakes) in texts.iter().zip(judged(&texts)) {
        std::fs::write(&path, text).unwrap();
        assert!(super::load(&path, None).is_err(), "{text} is read");
        assert!(mistakes > 0, "{text} fits the schema");
    }
}

#[test]
fn the_schema_says_each_default_and_each_sentence_of_the_reference() {
    let schema = schema::json();
    let ack = &schema["properties"]["ack"]["properties"]["lasts"];
    assert_eq!(ack["default"], Value::from("1h"));
    assert!(ack["description"].as_str().unwrap().starts_with("How long an ack lasts"));
    assert_eq!(schema["properties"]["source"]["items"]["properties"]["interval"]["default"], Value::from("15s"));
    assert_eq!(schema["properties"]["source"]["items"]["required"], serde_json::json!(["name", "kind"]));
}
