//! CloudWatch, ECS and Application Signals as their published models describe them, with their habits: pages, throttling
//! as HTTP 400, alarms of one type unless the others are asked for, events that come again with every answer.
//!
//! Written from the models in botocore 1.43 and the documentation; mute rules, budgets and PromQL were never compared
//! with the real thing, for no emulator has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use crate::support::server::{Reply, Request, Server};

pub const ACCOUNT: &str = "123456789012";

pub fn arn(resource: &str) -> String {
    format!("arn:aws-us-gov:cloudwatch:us-gov-west-1:{ACCOUNT}:{resource}")
}

pub fn ecs(resource: &str) -> String {
    format!("arn:aws-us-gov:ecs:us-gov-west-1:{ACCOUNT}:{resource}")
}

/// A metric alarm that changed at 02:00.
pub fn alarm(name: &str, state: &str) -> Value {
    json!({
        "AlarmName": name, "AlarmArn": arn(&format!("alarm:{name}")), "StateValue": state,
        "StateReason": "Threshold Crossed", "StateTransitionedTimestamp": 1_795_226_400.5,
        "StateUpdatedTimestamp": 1_795_229_000.0, "ActionsEnabled": true, "Namespace": "AWS/ECS", "MetricName": "5xx",
        "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3, "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{ "Name": "ServiceName", "Value": "web" }, { "Name": "ClusterName", "Value": "prod" }],
    })
}

#[derive(Default)]
pub struct State {
    pub metric: Vec<Value>,
    pub composite: Vec<Value>,
    pub logs: Vec<Value>,
    /// Alarms that are in no answer by state.
    pub between: BTreeSet<String>,
    pub page: usize,
    /// The token that every page leads to, whatever was asked.
    pub circle: Option<&'static str>,
    /// What an action is refused with: status and body.
    pub refused: BTreeMap<&'static str, (u16, String)>,
    pub rules: BTreeMap<String, Value>,
    pub history: Vec<Value>,
    pub services: Vec<Value>,
    pub tasks: Vec<Value>,
    pub slos: Vec<Value>,
}

pub struct Fake {
    pub server: Server,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub async fn start(state: State) -> Self {
        let state =
            Arc::new(Mutex::new(State { page: state.page.max(1).max(if state.page == 0 { 100 } else { 1 }), ..state }));
        let own = state.clone();
        let server = Server::start(move |request| own.lock().unwrap().answer(request)).await;
        Self { server, state }
    }

    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// The bodies of every question of this action.
    pub fn asked(&self, action: &str) -> Vec<Value> {
        let seen = self.server.seen();
        let of = |r: &&Request| name(r) == action;
        seen.iter().filter(of).map(|r| serde_json::from_str(&r.body).unwrap_or_default()).collect()
    }
}

pub fn name(request: &Request) -> &str {
    match request.headers.get("x-amz-target") {
        Some(target) => target.rsplit('.').next().unwrap(),
        None => request.path.trim_start_matches('/'),
    }
}

fn error(status: u16, name: &str, message: &str) -> Reply {
    Reply::status(status, &json!({ "__type": format!("com.amazonaws#{name}"), "message": message }).to_string())
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let action = name(request);
        let service = match request.headers.get("x-amz-target").map_or("", String::as_str) {
            target if target.starts_with("GraniteServiceVersion20100801.") => "monitoring",
            target if target.starts_with("AmazonEC2ContainerServiceV20141113.") => "ecs",
            _ if request.path.starts_with("/api/") => "monitoring",
            _ => "application-signals",
        };
        let authorization = request.headers.get("authorization").cloned().unwrap_or_default();
        if !authorization.contains(&format!("/{service}/aws4_request, SignedHeaders=")) {
            return error(403, "IncompleteSignatureException", "Credential should be scoped to correct service");
        }
        if let Some((status, body)) = self.refused.get(action) {
            return Reply::status(*status, body);
        }
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        match action {
            "DescribeAlarms" => self.alarms(&body),
            "DescribeAlarmHistory" => Reply::json(json!({ "AlarmHistoryItems": self.history }).to_string()),
            "ListAlarmMuteRules" => self.list_rules(&body),
            "GetAlarmMuteRule" => self.get_rule(&body),
            "PutAlarmMuteRule" => self.put_rule(body),
            "DeleteAlarmMuteRule" => {
                self.rules.remove(body["AlarmMuteRuleName"].as_str().unwrap());
                Reply::json("{}")
            }
            "ListClusters" => Reply::json(json!({ "clusterArns": [ecs("cluster/prod")] }).to_string()),
            "ListServices" => {
                let arns: Vec<&Value> = self.services.iter().map(|s| &s["serviceArn"]).collect();
                Reply::json(json!({ "serviceArns": arns }).to_string())
            }
            "DescribeServices" => self.describe(&body),
            "ListTasks" => {
                let arns: Vec<&Value> = self.tasks.iter().map(|t| &t["taskArn"]).collect();
                Reply::json(json!({ "taskArns": arns }).to_string())
            }
            "DescribeTasks" => Reply::json(json!({ "tasks": self.tasks, "failures": [] }).to_string()),
            "slos" => {
                let listed: Vec<Value> = self.slos.iter().map(summary).collect();
                Reply::json(json!({ "SloSummaries": listed }).to_string())
            }
            "budget-report" => self.reports(&body),
            "api/v1/query_range" | "api/v1/query" => {
                Reply::json(r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#)
            }
            other => error(400, "UnknownOperationException", &format!("Unknown action: {other}")),
        }
    }

    fn alarms(&self, body: &Value) -> Reply {
        let types = body["AlarmTypes"].as_array().cloned().unwrap_or_else(|| vec![json!("MetricAlarm")]);
        let wanted = |alarm: &&Value| {
            let name = alarm["AlarmName"].as_str().unwrap();
            let by_state = body["StateValue"].as_str();
            let is_between = by_state.is_some() && self.between.contains(name);
            let by_name = body["AlarmNames"].as_array();
            !is_between
                && by_state.is_none_or(|state| alarm["StateValue"] == state)
                && by_name.is_none_or(|names| names.contains(&alarm["AlarmName"]))
        };
        let of = |kind: &str, list: &[Value]| -> Vec<(String, Value)> {
            let asked = types.contains(&json!(kind));
            list.iter().filter(wanted).filter(|_| asked).map(|a| (format!("{kind}s"), a.clone())).collect()
        };
        let all = [of("MetricAlarm", &self.metric), of("CompositeAlarm", &self.composite), of("LogAlarm", &self.logs)]
            .concat();
        let from: usize = body["NextToken"].as_str().and_then(|t| t.parse().ok()).unwrap_or(0);
        let mut answer = json!({ "MetricAlarms": [], "CompositeAlarms": [], "LogAlarms": [] });
        for (list, alarm) in all.iter().skip(from).take(self.page) {
            answer[list.as_str()].as_array_mut().unwrap().push(alarm.clone());
        }
        if let Some(circle) = self.circle {
            answer["NextToken"] = json!(circle);
        } else if all.len() > from + self.page {
            answer["NextToken"] = json!((from + self.page).to_string());
        }
        Reply::json(answer.to_string())
    }

    fn list_rules(&self, body: &Value) -> Reply {
        let status = |rule: &Value| rule.get("Status").cloned().unwrap_or_else(|| json!("ACTIVE"));
        let of = |(name, rule): (&String, &Value)| {
            json!({
                "AlarmMuteRuleArn": arn(&format!("alarm-mute-rule:{name}")), "Status": status(rule),
                "LastUpdatedTimestamp": rule["LastUpdatedTimestamp"],
            })
        };
        let all: Vec<Value> = self
            .rules
            .iter()
            .filter(|(_, r)| body["Statuses"].as_array().unwrap().contains(&status(r)))
            .map(of)
            .collect();
        Reply::json(json!({ "AlarmMuteRuleSummaries": all }).to_string())
    }

    fn get_rule(&self, body: &Value) -> Reply {
        match self.rules.get(body["AlarmMuteRuleName"].as_str().unwrap()) {
            Some(rule) => Reply::json(rule.to_string()),
            None => error(404, "ResourceNotFoundException", "The mute rule does not exist"),
        }
    }

    fn put_rule(&mut self, mut body: Value) -> Reply {
        let names = body["MuteTargets"]["AlarmNames"].as_array().map_or(0, Vec::len);
        let expression = body["Rule"]["Schedule"]["Expression"].as_str().unwrap_or_default();
        if !(1..=100).contains(&names) || !(expression.starts_with("at(") || expression.starts_with("cron(")) {
            return error(400, "ValidationError", "1 validation error detected");
        }
        body["Status"] = json!("SCHEDULED");
        body["LastUpdatedTimestamp"] = json!(1_795_230_000);
        self.rules.insert(body["Name"].as_str().unwrap().to_owned(), body);
        Reply::json("{}")
    }

    fn describe(&self, body: &Value) -> Reply {
        let asked = body["services"].as_array().unwrap();
        if asked.len() > 10 {
            return error(400, "InvalidParameterException", "services can have at most 10 items");
        }
        let here: Vec<&Value> = self.services.iter().filter(|s| asked.contains(&s["serviceArn"])).collect();
        Reply::json(json!({ "services": here, "failures": [] }).to_string())
    }

    fn reports(&self, body: &Value) -> Reply {
        let asked = body["SloIds"].as_array().unwrap();
        let all: Vec<&Value> = self.slos.iter().filter(|s| asked.contains(&s["Arn"])).collect();
        Reply::json(json!({ "Timestamp": body["Timestamp"], "Reports": all, "Errors": [] }).to_string())
    }
}

fn summary(slo: &Value) -> Value {
    json!({ "Arn": slo["Arn"], "Name": slo["Name"], "KeyAttributes": { "Type": "Service", "Name": "shop" } })
}
