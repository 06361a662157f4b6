//! What is sent is signed as AWS' own library signs it, header for header and byte for byte.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::json;

use super::{
    configured,
    emulator::program,
    fake::{Fake, State},
    now,
};

/// Signs again what was seen, with the headers that were signed, and prints the signature.
const BOTOCORE: &str = r#"
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
seen = json.load(sys.stdin)
request = AWSRequest(method=seen["method"], url=seen["url"], data=seen["body"], headers=seen["headers"])
request.context["timestamp"] = seen["headers"]["x-amz-date"]
auth = SigV4Auth(Credentials("AKIDEXAMPLE", seen["secret"]), seen["service"], seen["region"])
print(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
"#;

/// The addresses of AWS' own library, by region, service and whether they must be those of FIPS.
const ENDPOINTS: &str = r#"
import botocore.session
from botocore.config import Config
session = botocore.session.get_session()
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
for region in ["us-east-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1"]:
    for service in ["cloudwatch", "ecs", "application-signals"]:
        for fips in [False, True]:
            client = session.create_client(service, region_name=region, config=Config(use_fips_endpoint=fips), **keys)
            print(region, str(fips).lower(), client.meta.endpoint_url)
"#;

#[test]
fn every_service_is_asked_where_awss_own_library_asks_it() {
    let run = Command::new(program("python")).args(["-c", ENDPOINTS]).output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success() && text.lines().count() == 36, "{text}");
    for line in text.lines() {
        let [region, fips, wanted] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let ours = watchfire::sources::cloudwatch::endpoints(region, fips == "true");
        assert!(ours.iter().any(|url| url == wanted), "{wanted}: {ours:?}");
    }
}

#[tokio::test]
async fn every_kind_of_request_is_signed_as_awss_own_library_signs_it() {
    let fake = Fake::start(State::default()).await;
    let config = configured(&fake.server.url(), "slos = true\npromql = true\nhistory = true");
    let source = super::super::sources::connect(&config).await.unwrap();
    source.poll(now()).await.unwrap();
    source.counts().unwrap().declared(now()).await.unwrap();
    source.changes().unwrap().changes(now(), now()).await.unwrap();
    let seen = fake.server.seen();
    assert!(seen.len() > 5 && seen.iter().any(|r| r.path == "/slos"));
    for request in seen {
        let authorization = request.headers["authorization"].clone();
        let part =
            |after: &str| authorization.split(after).nth(1).unwrap().split([',', ' ']).next().unwrap().to_owned();
        let (scope, names) = (part("Credential="), part("SignedHeaders="));
        let headers: serde_json::Map<_, _> =
            names.split(';').map(|n| (n.to_owned(), json!(request.headers[n]))).collect();
        let mut scope = scope.split('/').skip(2);
        let (region, service) = (scope.next().unwrap(), scope.next().unwrap());
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        let url = format!("{}{}{query}", fake.server.url(), request.path);
        let told = json!({
            "method": request.method, "url": url, "body": request.body, "headers": headers,
            "secret": "s3cr3t-of-aws", "region": region, "service": service,
        });
        assert_eq!(signed_again(&told.to_string()), part("Signature="), "{request:?}");
    }
}

fn signed_again(told: &str) -> String {
    let mut child = Command::new(program("python"))
        .args(["-I", "-c", BOTOCORE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(told.as_bytes()).unwrap();
    let run = child.wait_with_output().unwrap();
    assert!(run.status.success(), "{run:?}");
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}
