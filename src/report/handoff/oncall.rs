//! Who takes over: for the one who goes to call, and for the one who comes to know.

use serde::Serialize;

use crate::domain::{
    Time,
    oncall::{Names, Post},
    text::SafeText,
};

/// Posts that are named at most.
const MOST: usize = 12;

/// One post, and who has it next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakesOver {
    /// The policy or schedule.
    pub of: SafeText,
    pub level: u32,
    /// Who has it now; more than one where several are paged.
    pub now: Vec<SafeText>,
    pub mine: bool,
    /// Who comes; none where nobody else is told of.
    pub next: Option<SafeText>,
    pub at: Option<Time>,
    /// Seconds since this was told, where its source cannot be read any more: it may be otherwise by now.
    pub old_s: Option<i64>,
}

/// The posts of who goes, or where that is none, who is paged first everywhere.
pub(super) fn takes_over(posts: &[Post], names: &Names) -> Vec<TakesOver> {
    let mut all: Vec<TakesOver> = posts.iter().map(|post| line(post, names)).collect();
    let has_some = all.iter().any(|t| t.mine);
    let first = all.iter().map(|t| t.level).min().unwrap_or(1);
    all.retain(|t| if has_some { t.mine } else { t.level == first });
    all.truncate(MOST);
    all
}

fn line(post: &Post, names: &Names) -> TakesOver {
    let next = post.takes_over();
    TakesOver {
        of: post.of.clone(),
        level: post.level,
        now: post.now.iter().map(|d| d.who.clone()).collect(),
        mine: post.now.iter().any(|d| names.has(&d.who)),
        next: next.map(|d| d.who.clone()),
        at: next.and_then(|d| d.from),
        old_s: post.old_s,
    }
}
