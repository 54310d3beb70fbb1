//! A plot as a PNG, with no screen, no window and no GPU: for the export and for the tests' pictures.
//!
//! The same data gives the same bytes at every call on a machine. Between machines the last bit of a
//! glyph's edge could differ, because egui rasterises fonts with the widest SIMD that it finds.

mod raster;

use egui::{Context, Rect, Vec2, pos2};
use sextant_domain::Performance;

use self::raster::Canvas;
use crate::{Plot, View, theme};

/// `egui_plot` knows how wide its axis labels are only after it has drawn them once, and their width
/// changes the marks: after the third frame nothing moves any more.
const FRAMES: usize = 4;

/// The widest and tallest picture in pixels; a larger one would be a mistake of the caller's.
const LARGEST_SIDE: f32 = 16_384.0;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(
        "a picture of {width} × {height} points at {pixels_per_point} pixels per point can't be drawn; each side may have from 1 to 16384 pixels"
    )]
    Size { width: f32, height: f32, pixels_per_point: f32 },
    #[error("writing the PNG failed: {0}")]
    Png(#[from] png::EncodingError),
}

/// Draws one plot with nothing hidden, over a width and a height in points.
pub fn png(
    plot: Plot,
    data: &Performance,
    size: [f32; 2],
    dark: bool,
    pixels_per_point: f32,
) -> Result<Vec<u8>, PictureError> {
    of_ui(size.into(), dark, pixels_per_point, |ui| crate::show_one(ui, plot, data, &mut View::default()))
}

/// The whole panel, as wide and as tall as asked; see [`View::height`] for how tall it would be.
pub fn panel_png(
    data: &Performance,
    size: [f32; 2],
    dark: bool,
    pixels_per_point: f32,
) -> Result<Vec<u8>, PictureError> {
    of_ui(size.into(), dark, pixels_per_point, |ui| crate::show(ui, data, &mut View::default()))
}

fn of_ui(
    size: Vec2,
    dark: bool,
    pixels_per_point: f32,
    mut draw: impl FnMut(&mut egui::Ui),
) -> Result<Vec<u8>, PictureError> {
    let pixels = (size * pixels_per_point).round();
    let fits = |side: f32| (1.0..=LARGEST_SIDE).contains(&side);
    if !fits(pixels.x) || !fits(pixels.y) || !(0.1..=16.0).contains(&pixels_per_point) {
        return Err(PictureError::Size { width: size.x, height: size.y, pixels_per_point });
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let (width, height) = (pixels.x as usize, pixels.y as usize);

    let ctx = Context::default();
    theme::install(&ctx, dark);
    let mut canvas = Canvas::new(width, height, pixels_per_point, theme::ground(dark));
    let mut shapes = Vec::new();
    for frame in 0..FRAMES {
        let output = ctx.run_ui(input(size, pixels_per_point, frame), |ui| {
            egui::Frame::new().inner_margin(MARGIN).show(ui, |ui| draw(ui));
        });
        canvas.update(output.textures_delta);
        shapes = output.shapes;
    }
    for primitive in ctx.tessellate(shapes, pixels_per_point) {
        // There are no paint callbacks here: they are what a GPU would be asked for.
        if let egui::epaint::Primitive::Mesh(mesh) = &primitive.primitive {
            canvas.paint(mesh, primitive.clip_rect);
        }
    }
    encode(width, height, &canvas.into_rgb())
}

const MARGIN: i8 = 8;

fn input(size: Vec2, pixels_per_point: f32, frame: usize) -> egui::RawInput {
    let mut input = egui::RawInput {
        screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)),
        // A time of its own, or egui would take the clock's.
        time: Some(crate::words::float(frame as u64) / 60.0),
        max_texture_side: Some(8_192),
        ..egui::RawInput::default()
    };
    input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point =
        Some(pixels_per_point);
    input
}

fn encode(width: usize, height: usize, rgb: &[u8]) -> Result<Vec<u8>, PictureError> {
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(width), side(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()?;
    Ok(bytes)
}
