//! A chord that waits, the palette and the help, at the two sizes that most people have.

use watchfire::config::keymap::preset;

use super::*;

fn at_two_sizes(name: &str, app: &mut App) {
    let frames: Vec<String> = [(80, 24), (120, 40)].iter().map(|size| written(&frame(app, *size))).collect();
    insta::assert_snapshot!(name, frames.join("\n"));
}

#[tokio::test]
async fn a_chord_that_waits() {
    let mut app = demo_with("").await;
    app.keymap = preset::keymap("vim");
    press(&mut app, "ctrl-w");
    at_two_sizes("chord", &mut app);
}

#[tokio::test]
async fn the_palette_with_what_cannot_run_here() {
    let mut app = demo_with(":").await;
    write(&mut app, "slo");
    at_two_sizes("palette_narrowed", &mut app);
}
