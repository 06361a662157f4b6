//! Every document of the fixtures becomes the objectives that stand beside it; `UPDATE=1` writes them anew, to be looked at.

use std::{fs, path::Path};

use watchfire::{
    config::slo::{Around, Backend, read},
    domain::source::SourceName,
};

use super::said;

fn around(file: &str) -> Around {
    let backend = |name: &str, url: &str| Backend { name: SourceName::new(name), urls: vec![url.into()] };
    let backends = vec![backend("metrics", "http://metrics.example"), backend("other", "https://prometheus.example")];
    let days = if file.contains("7d") { 7 } else { 30 };
    Around { backends, sloth_period_s: days * 86_400 }
}

#[test]
fn every_document_becomes_the_objectives_that_stand_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slo");
    let mut files = 0;
    for folder in ["openslo", "sloth", "pyrra"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "slos") {
                continue;
            }
            files += 1;
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let reading = read(&[(name.as_str(), fs::read_to_string(&path).unwrap())], &around(&name));
            let mut said: String = reading.slos.iter().map(said::slo).collect();
            reading.problems.iter().for_each(|p| said.push_str(&format!("problem {p}\n")));
            reading.warnings.iter().for_each(|w| said.push_str(&format!("warning {w}\n")));
            let beside = path.with_extension("slos");
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&beside, &said).unwrap();
            }
            assert_eq!(said, fs::read_to_string(&beside).unwrap(), "{name} (rewrite with UPDATE=1)");
        }
    }
    assert!(files >= 12, "{files}");
}
