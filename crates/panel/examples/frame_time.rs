//! How long a frame of the panel takes on the processor: layout and tessellation of all plots, with five
//! stages of 1,000 points each, 300 frames.
//!
//! ```text
//! cargo run -p sextant-panel --example frame_time
//! ```
//!
//! Target: p95 at most 10 ms, so that a frame in the window (60 a second) leaves the model most of the
//! processor. Painting isn't measured: the window paints with WebGL, and says its own frame times.

use std::time::Instant;

use egui::{Context, Rect, pos2, vec2};
use sextant_panel::{View, sample, show, theme};

const FRAMES: u32 = 300;
const POINTS: u32 = 1_000;
const TARGET_P95_MS: f64 = 10.0;

fn main() {
    // Some of the sample's buckets are left without samples; what is left is about a thousand.
    let data = sample::performance(POINTS * 100 / 88);
    let ctx = Context::default();
    theme::install(&ctx, false);
    let mut view = View::default();
    let mut times_ms = Vec::new();
    let mut triangles = 0;
    for frame in 0..FRAMES {
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1_200.0, 1_400.0))),
            time: Some(f64::from(frame) / 60.0),
            // A moving pointer, so that hover texts are laid out too.
            events: vec![egui::Event::PointerMoved(pos2(
                100.0 + f32::from(u16::try_from(frame).unwrap_or(0)),
                200.0,
            ))],
            ..egui::RawInput::default()
        };
        let started = Instant::now();
        let mut output = ctx.run_ui(input, |ui| show(ui, &data, &mut view));
        let primitives = ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        times_ms.push(started.elapsed().as_secs_f64() * 1_000.0);
        output.textures_delta.clear();
        triangles = primitives
            .iter()
            .map(|clipped| match &clipped.primitive {
                egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
                egui::epaint::Primitive::Callback(_) => 0,
            })
            .sum();
    }
    let points: usize = data.stages.iter().map(|stage| stage.points.len()).sum();
    times_ms.sort_by(f64::total_cmp);
    let at = |percent: usize| times_ms[(times_ms.len() * percent).div_ceil(100) - 1];
    println!(
        "{} stages, {points} points, {FRAMES} frames, {triangles} triangles in the last",
        data.stages.len()
    );
    println!("p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms", at(50), at(95), at(100));
    let verdict = if at(95) <= TARGET_P95_MS { "within" } else { "above" };
    println!("{verdict} the target of p95 {TARGET_P95_MS} ms");
}
