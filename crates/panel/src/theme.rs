//! Every colour and text size of the panel, for light and dark. No other file holds a raw colour.
//!
//! Surfaces, lines and text are those of `ui/src/design/tokens.css`, so that the canvas can't be told
//! from the page around it; who changes one changes the other. Series take [`Colours::series`], the
//! palette of Okabe and Ito ("Color Universal Design", 2008), which stays apart for the common kinds of
//! colour blindness, darkened on white and lightened on black until a thin line can be read.

use egui::style::{TextStyle, WidgetVisuals};
use egui::{Color32, Context, CornerRadius, FontId, Margin, Shadow, Stroke, Style, Theme, Visuals};

const SERIES: usize = 8;

/// The colours of one theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colours {
    pub(crate) ground: Color32,
    pub(crate) surface: Color32,
    pub(crate) sunken: Color32,
    pub(crate) line: Color32,
    pub(crate) line_strong: Color32,
    pub(crate) text: Color32,
    pub(crate) text_2: Color32,
    pub(crate) text_3: Color32,
    pub(crate) caution: Color32,
    pub(crate) bad: Color32,
    series: [Color32; SERIES],
    /// p50, p90, p95, p99: one hue, stronger towards the tail.
    pub(crate) percentiles: [Color32; 4],
    pub(crate) parts: Parts,
    pub(crate) outcomes: Outcomes,
    pub(crate) lookups: Lookups,
}

/// The parts of a stage's time; queue, prompt, prefill, decode and parse are the tokens `--part-…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) load: Color32,
    pub(crate) queue: Color32,
    pub(crate) prompt: Color32,
    pub(crate) retrieval: Color32,
    pub(crate) prefill: Color32,
    pub(crate) decode: Color32,
    pub(crate) parse: Color32,
    pub(crate) check: Color32,
    pub(crate) rest: Color32,
    pub(crate) gap: Color32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcomes {
    pub(crate) degraded: Color32,
    pub(crate) failed: Color32,
    pub(crate) stopped: Color32,
    pub(crate) stage_errors: Color32,
    pub(crate) fallbacks: Color32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lookups {
    pub(crate) hits: Color32,
    pub(crate) misses: Color32,
    pub(crate) evictions: Color32,
}

impl Colours {
    /// Those of the theme that this `ui` is drawn in.
    pub(crate) fn of(ui: &egui::Ui) -> &'static Self {
        Self::of_theme(ui.visuals().dark_mode)
    }

    pub(crate) fn of_theme(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    /// The colour of the series at this place; they repeat after eight.
    pub(crate) fn series(&self, index: usize) -> Color32 {
        self.series[index % SERIES]
    }
}

/// Gives the context both themes and the panel's text sizes, and chooses one of the themes.
pub fn install(ctx: &Context, dark: bool) {
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
    ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
}

/// The page's own background in this theme, for what lies beneath the first frame.
pub fn ground(dark: bool) -> Color32 {
    Colours::of_theme(dark).ground
}

fn style(theme: Theme) -> Style {
    let dark = theme == Theme::Dark;
    let colours = Colours::of_theme(dark);
    let mut visuals = if dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = colours.ground;
    visuals.window_fill = colours.surface;
    visuals.window_stroke = Stroke::new(1.0, colours.line_strong);
    visuals.window_corner_radius = CornerRadius::same(4);
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = colours.surface;
    visuals.faint_bg_color = colours.sunken;
    visuals.override_text_color = Some(colours.text);
    let inert = |widget: &mut WidgetVisuals| widget.bg_stroke = Stroke::new(1.0, colours.line);
    inert(&mut visuals.widgets.noninteractive);

    let mut style = Style { visuals, ..Style::default() };
    let sizes = [
        (TextStyle::Small, FontId::proportional(11.0)),
        (TextStyle::Body, FontId::proportional(12.0)),
        (TextStyle::Button, FontId::proportional(12.0)),
        (TextStyle::Monospace, FontId::monospace(12.0)),
        (TextStyle::Heading, FontId::proportional(15.0)),
    ];
    style.text_styles = sizes.into_iter().collect();
    style.spacing.item_spacing = egui::vec2(8.0, 4.0);
    style.spacing.menu_margin = Margin::same(8);
    // Labels are read, not selected, and a selection would swallow the drag that moves a plot.
    style.interaction.selectable_labels = false;
    // The page has no motion either; it also keeps pictures the same from frame to frame.
    style.animation_time = 0.0;
    style
}

const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

static LIGHT: Colours = Colours {
    ground: rgb(0xf7_f7f5),
    surface: rgb(0xff_ffff),
    sunken: rgb(0xf0_f0ed),
    line: rgb(0xe4_e4df),
    line_strong: rgb(0xc9_c9c2),
    text: rgb(0x1a_1c1e),
    text_2: rgb(0x50_555a),
    text_3: rgb(0x68_6d73),
    caution: rgb(0x8a_5a00),
    bad: rgb(0xb3_372b),
    series: [
        rgb(0x00_6fae),
        rgb(0xc7_7c00),
        rgb(0x00_8a63),
        rgb(0xb0_5490),
        rgb(0xc4_4e0c),
        rgb(0x3a_9bcb),
        rgb(0x85_7600),
        rgb(0x5f_676d),
    ],
    percentiles: [rgb(0xa9_d3dc), rgb(0x63_adbd), rgb(0x0e_6c82), rgb(0x08_3f4d)],
    parts: Parts {
        load: rgb(0xd9_a441),
        queue: rgb(0xd2_d2cb),
        prompt: rgb(0xa3_a7a4),
        retrieval: rgb(0x9b_7fb8),
        prefill: rgb(0x8c_c3cf),
        decode: rgb(0x0e_6c82),
        parse: rgb(0x4a_5257),
        check: rgb(0x4d_9a72),
        rest: rgb(0xea_e4d8),
        gap: rgb(0xe4_e4df),
    },
    outcomes: Outcomes {
        degraded: rgb(0xd9_9a2b),
        failed: rgb(0xb3_372b),
        stopped: rgb(0x9a_9f9c),
        stage_errors: rgb(0xb0_5490),
        fallbacks: rgb(0x3a_9bcb),
    },
    lookups: Lookups { hits: rgb(0x0e_6c82), misses: rgb(0xc9_c9c2), evictions: rgb(0xd9_9a2b) },
};

static DARK: Colours = Colours {
    ground: rgb(0x0f_1113),
    surface: rgb(0x15_181a),
    sunken: rgb(0x1b_1f22),
    line: rgb(0x26_2b2f),
    line_strong: rgb(0x41_4950),
    text: rgb(0xe7_eaec),
    text_2: rgb(0xaa_b1b7),
    text_3: rgb(0x8b_939a),
    caution: rgb(0xdc_ae5c),
    bad: rgb(0xf0_8a7d),
    series: [
        rgb(0x4f_a8e0),
        rgb(0xec_ad45),
        rgb(0x3c_c49a),
        rgb(0xe0_94c4),
        rgb(0xf0_8450),
        rgb(0x93_d0f4),
        rgb(0xd8_cd62),
        rgb(0xa6_aeb4),
    ],
    percentiles: [rgb(0x24_5765), rgb(0x35_8799), rgb(0x58_bdd2), rgb(0xb4_e8f2)],
    parts: Parts {
        load: rgb(0xc0_8f3a),
        queue: rgb(0x34_3a3f),
        prompt: rgb(0x59_6168),
        retrieval: rgb(0x9d_85c2),
        prefill: rgb(0x2b_6f7f),
        decode: rgb(0x58_bdd2),
        parse: rgb(0x97_a0a7),
        check: rgb(0x63_c490),
        rest: rgb(0x4a_4438),
        gap: rgb(0x26_2b2f),
    },
    outcomes: Outcomes {
        degraded: rgb(0xdc_ae5c),
        failed: rgb(0xf0_8a7d),
        stopped: rgb(0x6b_747b),
        stage_errors: rgb(0xc6_7fb0),
        fallbacks: rgb(0x4f_a8e0),
    },
    lookups: Lookups { hits: rgb(0x58_bdd2), misses: rgb(0x41_4950), evictions: rgb(0xdc_ae5c) },
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance by WCAG 2.2, which is what its contrast ratio stands on.
    fn luminance(colour: Color32) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn lines_and_text_stand_out_from_their_surface() {
        for colours in [&LIGHT, &DARK] {
            for series in colours.series {
                // WCAG 2.2, 1.4.11: three to one for what a graphic is understood by.
                assert!(contrast(series, colours.surface) >= 3.0, "{series:?}");
            }
            for text in [colours.text, colours.text_2, colours.text_3, colours.caution, colours.bad] {
                assert!(contrast(text, colours.surface) >= 4.5, "{text:?}");
            }
        }
    }

    #[test]
    fn the_surfaces_are_the_pages_own() {
        let tokens = include_str!("../../../ui/src/design/tokens.css");
        let (light, dark) = tokens.split_once("prefers-color-scheme: dark").expect("both themes are there");
        for (css, colours) in [(light, &LIGHT), (dark, &DARK)] {
            for (token, colour) in [
                ("ground", colours.ground),
                ("surface", colours.surface),
                ("sunken", colours.sunken),
                ("line", colours.line),
                ("line-strong", colours.line_strong),
                ("text", colours.text),
                ("text-2", colours.text_2),
                ("text-3", colours.text_3),
                ("caution", colours.caution),
                ("bad", colours.bad),
                ("part-queue", colours.parts.queue),
                ("part-prompt", colours.parts.prompt),
                ("part-prefill", colours.parts.prefill),
                ("part-decode", colours.parts.decode),
                ("part-parse", colours.parts.parse),
            ] {
                let expected = format!("--{token}: #{:02x}{:02x}{:02x};", colour.r(), colour.g(), colour.b());
                assert!(css.contains(&expected), "tokens.css has no `{expected}`");
            }
        }
    }
}
