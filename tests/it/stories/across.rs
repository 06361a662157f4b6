//! One outage that five sources tell: the deploy, the crash loop, the alert, the page and who is on call, and what it costs.

use crate::support::cockpit::{Opening, Story};

async fn open_at(moment: &str) -> Story {
    Opening::of("bad-push").at(moment).open().await
}

#[tokio::test(start_paused = true)]
async fn an_alert_shows_the_deploy_that_came_before_it_and_its_page() {
    let mut c = open_at("14m").await;
    c.keys("j enter").await.sees("changed before it").await;
    c.sees("deploy of checkout 5.3.0 by dora, 2m before (same service)").await;
    c.sees("at pagerduty (triggered) since 3m, acked by nobody: escalates to carl").await;
    // W leads to the page, and the page says what it was sent for.
    c.keys("W enter").await.sees("pages 1 alert").await;
    c.sees("CheckoutErrors (critical, firing) at prod-eu").await.sees("acking the page acks none of them").await;
}

#[tokio::test(start_paused = true)]
async fn the_timeline_shows_changes_alone_where_that_is_wanted() {
    let mut c = open_at("14m").await;
    c.sees("fired     CheckoutErrors").await.sees("crash     checkout by cf").await;
    c.keys("3 f")
        .await
        .sees("deploys and other changes alone (f)")
        .await
        .sees("deploy    checkout 5.3.0 by dora")
        .await;
    let pane = |c: &Story| c.screen().lines().skip_while(|l| !l.contains("3 timeline")).collect::<Vec<_>>().join("\n");
    assert!(!pane(&c).contains("crash") && !pane(&c).contains("fired"), "{}", c.screen());
    c.keys("f").await.sees("changes, crashes and events alone (f)").await.sees("crash     checkout by cf").await;
    c.keys("f f f").await.sees("fired     CheckoutErrors").await;
}

#[tokio::test(start_paused = true)]
async fn who_is_on_call_stands_under_w_with_who_comes_after() {
    let mut c = open_at("14m").await;
    c.keys("w").await.sees("Shop primary for checkout, basket (pagerduty)").await;
    c.sees("bea until 16:00 UTC").await.sees("ana").await.sees("the duty manager until further notice").await;
    c.keys("esc").await.sees("1 alerts").await;
}

#[tokio::test(start_paused = true)]
async fn the_pager_tells_whom_it_paged_and_to_whom_it_went_on_the_same_axis() {
    let mut c = open_at("14m").await;
    c.sees_beside("then carl", "esc 0").await.sees("pagerduty pages bea for CheckoutErrors").await;
    c.at("15m30s").await.sees("pagerduty escalates CheckoutErrors to carl: nobody acked").await;
    c.keys("g a").await.sees("assigns it to ana").await.keys("enter").await;
    c.sees("ana acknowledged CheckoutErrors").await;
    c.keys("j enter").await.sees("page is acked; this alert is not").await;
    assert!(c.line("pages").matches('P').count() >= 2, "{}", c.screen());
    c.keys("esc").await.at("26m").await.sees("checkout 5.2.4 by dora").await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_nobody_takes_stays_with_the_last_of_them_by_name() {
    let mut c = open_at("19m").await;
    c.at("21m").await.sees("escalates CheckoutErrors to the duty manager").await;
    c.sees_beside("CheckoutErrors", "at the du").await;
}

#[tokio::test(start_paused = true)]
async fn crashes_have_a_row_of_their_own_on_the_axis_and_drown_no_deploy() {
    let mut c = open_at("14m").await;
    c.keys("j enter").await.sees("crashes").await.sees("changes").await;
    assert!(c.line("changes").contains('D') && !c.line("changes").contains('C'), "{}", c.screen());
    assert!(c.line("crashes").contains('C'), "{}", c.screen());
}
