//! egui's triangles on the processor: textures with their changes, clip rectangles, and blending of
//! premultiplied colours as egui's own painters do it, in the colours' stored (gamma) values.
//!
//! Plain `f32` in a fixed order, so the bytes are the same every time. A pixel belongs to the triangle
//! that its centre lies in; on a shared edge the top-left rule of the graphics interfaces gives it to one
//! of the two, or a faint seam would be drawn twice.

use std::collections::HashMap;
use std::ops::Range;

use egui::epaint::{ImageData, Mesh, Vertex};
use egui::{Color32, Pos2, Rect, TextureId, TexturesDelta};

/// Channels from 0 to 1, the first three already multiplied by the fourth.
type Rgba = [f32; 4];

pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels_per_point: f32,
    pixels: Vec<Rgba>,
    textures: HashMap<TextureId, Texture>,
}

struct Texture {
    width: usize,
    texels: Vec<Rgba>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, pixels_per_point: f32, ground: Color32) -> Self {
        let pixels = vec![rgba(ground); width * height];
        Self { width, height, pixels_per_point, pixels, textures: HashMap::new() }
    }

    pub(super) fn update(&mut self, mut delta: TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                let texels = image.pixels.iter().map(|texel| rgba(*texel)).collect();
                let patch = Texture { width: image.width(), texels };
                match (change.pos, self.textures.get_mut(&id)) {
                    (Some([x, y]), Some(texture)) => texture.replace(x, y, &patch),
                    _ => drop(self.textures.insert(id, patch)),
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    pub(super) fn paint(&mut self, mesh: &Mesh, clip: Rect) {
        // A mesh whose texture was never set would be a bug of egui's; it shows as a missing shape.
        let Some(texture) = self.textures.get(&mesh.texture_id) else { return };
        let clip = Rect { min: clip.min * self.pixels_per_point, max: clip.max * self.pixels_per_point };
        let columns = within(&(0..self.width), clip.min.x.round(), clip.max.x.round());
        let rows = within(&(0..self.height), clip.min.y.round(), clip.max.y.round());
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |index: usize| mesh.vertices.get(corners[index] as usize).copied();
            let (Some(a), Some(b), Some(c)) = (corner(0), corner(1), corner(2)) else { continue };
            let scaled = |vertex: Vertex| Vertex { pos: vertex.pos * self.pixels_per_point, ..vertex };
            let Some(triangle) = Triangle::new([scaled(a), scaled(b), scaled(c)]) else { continue };
            let (min, max) = triangle.bounds();
            for y in within(&rows, min.y, max.y) {
                for x in within(&columns, min.x, max.x) {
                    if let Some(colour) = triangle.colour_at(centre(x, y), texture) {
                        let below = &mut self.pixels[y * self.width + x];
                        *below = std::array::from_fn(|i| colour[i] + below[i] * (1.0 - colour[3]));
                    }
                }
            }
        }
    }

    /// Three bytes a pixel, row by row; the ground is opaque, so nothing shines through.
    pub(super) fn into_rgb(self) -> Vec<u8> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a byte's range"
        )]
        let byte = |channel: f32| (channel.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        self.pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue].map(byte)).collect()
    }
}

impl Texture {
    fn replace(&mut self, x: usize, y: usize, patch: &Self) {
        for (row, texels) in patch.texels.chunks_exact(patch.width.max(1)).enumerate() {
            let begin = (y + row) * self.width + x;
            if let Some(place) = self.texels.get_mut(begin..begin + texels.len()) {
                place.copy_from_slice(texels);
            }
        }
    }

    /// Between the four nearest texels, as a GPU samples with linear filtering.
    fn sample(&self, uv: Pos2) -> Rgba {
        let height = self.texels.len() / self.width.max(1);
        let along = |value: f32, count: usize| {
            let last = float(count.saturating_sub(1));
            let at = (value * float(count) - 0.5).clamp(0.0, last);
            let low = at.floor();
            (index(low), index((low + 1.0).min(last)), at - low)
        };
        let (left, right, across) = along(uv.x, self.width);
        let (top, bottom, down) = along(uv.y, height);
        let texel = |x: usize, y: usize| self.texels.get(y * self.width + x).copied().unwrap_or_default();
        if across == 0.0 && down == 0.0 {
            return texel(left, top);
        }
        let upper = mix(texel(left, top), texel(right, top), across);
        let lower = mix(texel(left, bottom), texel(right, bottom), across);
        mix(upper, lower, down)
    }
}

/// Corners in the order that makes the area positive.
struct Triangle {
    corners: [Vertex; 3],
    colours: [Rgba; 3],
    area: f32,
}

impl Triangle {
    /// `None` where it has no area, or corners that are no places.
    fn new([a, b, c]: [Vertex; 3]) -> Option<Self> {
        let area = cross(a.pos, b.pos, c.pos);
        if !area.is_finite() || area == 0.0 {
            return None;
        }
        let corners = if area > 0.0 { [a, b, c] } else { [a, c, b] };
        Some(Self { corners, colours: corners.map(|corner| rgba(corner.color)), area: area.abs() })
    }

    fn bounds(&self) -> (Pos2, Pos2) {
        let [a, b, c] = self.corners.map(|corner| corner.pos);
        (a.min(b).min(c), a.max(b).max(c))
    }

    fn colour_at(&self, point: Pos2, texture: &Texture) -> Option<Rgba> {
        let [a, b, c] = self.corners.map(|corner| corner.pos);
        let mut weights = [0.0; 3];
        for (weight, (from, to)) in weights.iter_mut().zip([(b, c), (c, a), (a, b)]) {
            *weight = cross(from, to, point);
            let is_level = from.y.total_cmp(&to.y).is_eq();
            let is_top_left = (is_level && to.x > from.x) || to.y < from.y;
            if *weight < 0.0 || (*weight == 0.0 && !is_top_left) {
                return None;
            }
            *weight /= self.area;
        }
        let uv = |axis: fn(Pos2) -> f32| -> f32 {
            self.corners.iter().zip(weights).map(|(corner, weight)| axis(corner.uv) * weight).sum()
        };
        let tint: Rgba = std::array::from_fn(|i| {
            self.colours.iter().zip(weights).map(|(colour, weight)| colour[i] * weight).sum()
        });
        let texel = texture.sample(Pos2::new(uv(|uv| uv.x), uv(|uv| uv.y)));
        Some(std::array::from_fn(|i| tint[i] * texel[i]))
    }
}

/// Twice the area of the triangle, positive where the corners go clockwise on the screen.
fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

fn mix(one: Rgba, other: Rgba, share: f32) -> Rgba {
    std::array::from_fn(|i| one[i] + (other[i] - one[i]) * share)
}

fn rgba(colour: Color32) -> Rgba {
    colour.to_array().map(|channel| f32::from(channel) / 255.0)
}

fn centre(x: usize, y: usize) -> Pos2 {
    Pos2::new(float(x) + 0.5, float(y) + 0.5)
}

/// The pixels from `begin` to `end` that are among these.
fn within(pixels: &Range<usize>, begin: f32, end: f32) -> Range<usize> {
    index(begin.floor()).max(pixels.start)..index(end.ceil()).min(pixels.end)
}

#[expect(clippy::cast_precision_loss, reason = "pixels and texels are counted in thousands")]
fn float(count: usize) -> f32 {
    count as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast clamps what is beyond")]
fn index(value: f32) -> usize {
    value.max(0.0) as usize
}
