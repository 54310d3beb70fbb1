//! The panel on a canvas of the web view, as the JavaScript class `Panel`. WebAssembly only.
//!
//! The page gives a serialised `Performance` and hears how tall the panel wants to be; nothing else
//! crosses. A frame is painted for new data, at most five times a second, and for what the pointer does:
//! in a web view without a GPU every needless frame is taken from the model. The wheel stays the page's,
//! except with Ctrl and for pinching, and so do the keys: the same figures are in the page's table, which
//! a keyboard and a screen reader can reach.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use sextant_domain::Performance;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, HtmlCanvasElement, HtmlElement, KeyboardEvent};

use crate::{View, theme};

/// Between two frames that only new data asks for.
const DATA_INTERVAL_MS: f64 = 200.0;

/// Of how many frames the times are kept.
const KEPT_FRAMES: usize = 600;

/// The performance panel on a canvas.
#[wasm_bindgen]
pub struct Panel {
    runner: eframe::WebRunner,
    state: Rc<RefCell<State>>,
    keys: RefCell<Option<KeyListener>>,
}

#[derive(Default)]
struct State {
    data: Performance,
    view: View,
    dark: bool,
    /// There is none before the start and after the end.
    ctx: Option<egui::Context>,
    frames: u32,
    frame_ms: VecDeque<f64>,
    painted_at_ms: f64,
}

struct KeyListener {
    canvas: HtmlCanvasElement,
    closure: Closure<dyn FnMut(KeyboardEvent)>,
}

#[wasm_bindgen]
impl Panel {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self { runner: eframe::WebRunner::new(), state: Rc::default(), keys: RefCell::default() }
    }

    /// Begins to draw; rejects with a sentence where the web view has no WebGL.
    pub async fn start(&self, canvas: HtmlCanvasElement) -> Result<(), JsValue> {
        self.destroy();
        // Before eframe's own listener, so that it can be kept from hearing the keys.
        let keys = KeyListener::new(&canvas)?;
        let state = Rc::clone(&self.state);
        let creator: eframe::AppCreator<'static> = Box::new(move |creation| {
            theme::install(&creation.egui_ctx, state.borrow().dark);
            state.borrow_mut().ctx = Some(creation.egui_ctx.clone());
            Ok(Box::new(App { state }))
        });
        let focused = canvas.owner_document().and_then(|document| document.active_element());
        self.runner.start(canvas.clone(), options(), creator).await.map_err(|error| {
            let reason = error.as_string().unwrap_or_else(|| format!("{error:?}"));
            JsError::new(&format!("The panel can't draw here: {reason}"))
        })?;
        self.keys.replace(Some(keys));
        leave_focus(&canvas, focused)
    }

    /// Shows this serialised `Performance` with the next frame that is due; throws a sentence where it is none.
    pub fn set_data(&self, json: &str) -> Result<(), JsError> {
        let data = serde_json::from_str(json)
            .map_err(|error| JsError::new(&format!("This is no performance data: {error}.")))?;
        let mut state = self.state.borrow_mut();
        state.data = data;
        let wait_ms = (state.painted_at_ms + DATA_INTERVAL_MS - now_ms()).max(0.0);
        if let Some(ctx) = state.ctx.clone() {
            // egui may ask the runner at once, and the runner draws from this state.
            drop(state);
            ctx.request_repaint_after(Duration::from_secs_f64(wait_ms / 1_000.0));
        }
        Ok(())
    }

    pub fn set_dark(&self, dark: bool) {
        let ctx = {
            let mut state = self.state.borrow_mut();
            state.dark = dark;
            state.ctx.clone()
        };
        if let Some(ctx) = ctx {
            theme::install(&ctx, dark);
            ctx.request_repaint();
        }
    }

    /// How many CSS pixels the panel needs from top to bottom at its present width; 0 before the first
    /// frame. The page gives the canvas this height, so that the page scrolls and not the canvas.
    pub fn content_height(&self) -> f32 {
        self.state.borrow().view.height().ceil()
    }

    /// Frames painted so far.
    pub fn frames(&self) -> u32 {
        self.state.borrow().frames
    }

    /// What the newest measured frame took: layout, tessellation and the calls to WebGL, without the wait
    /// for the screen. A frame is measured when the next one begins, so the very last isn't yet among them.
    pub fn last_frame_ms(&self) -> f64 {
        self.state.borrow().frame_ms.back().copied().unwrap_or(0.0)
    }

    /// The 95th percentile of the last 600 frames, by nearest rank.
    pub fn frame_p95_ms(&self) -> f64 {
        let mut sorted: Vec<f64> = self.state.borrow().frame_ms.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * 95).div_ceil(100);
        rank.checked_sub(1).and_then(|index| sorted.get(index).copied()).unwrap_or(0.0)
    }

    /// What went wrong where a bug stopped the panel; it draws nothing more then. The page asks, because
    /// nothing else would tell it that the canvas is no longer current.
    pub fn failure(&self) -> Option<String> {
        self.runner.panic_summary().map(|panic| panic.message())
    }

    /// Stops drawing and lets go of the canvas. The data stays for another start.
    pub fn destroy(&self) {
        self.keys.replace(None);
        self.runner.destroy();
        self.state.borrow_mut().ctx = None;
    }
}

struct App {
    state: Rc<RefCell<State>>,
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let mut state = self.state.borrow_mut();
        state.frames = state.frames.wrapping_add(1);
        state.painted_at_ms = now_ms();
        if let Some(seconds) = frame.info().cpu_usage {
            if state.frame_ms.len() == KEPT_FRAMES {
                state.frame_ms.pop_front();
            }
            state.frame_ms.push_back(f64::from(seconds) * 1_000.0);
        }
        let State { data, view, .. } = &mut *state;
        crate::show(ui, data, view);
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::ground(self.state.borrow().dark).to_normalized_gamma_f32()
    }
}

impl KeyListener {
    fn new(canvas: &HtmlCanvasElement) -> Result<Self, JsValue> {
        let closure = Closure::new(|event: KeyboardEvent| {
            // eframe has to know that Ctrl is down; Tab, the arrows and the space bar are the page's.
            if !matches!(event.key().as_str(), "Control" | "Meta" | "Shift" | "Alt") {
                event.stop_immediate_propagation();
            }
        });
        let options = AddEventListenerOptions::new();
        options.set_capture(true);
        canvas.add_event_listener_with_callback_and_add_event_listener_options(
            "keydown",
            closure.as_ref().unchecked_ref(),
            &options,
        )?;
        Ok(Self { canvas: canvas.clone(), closure })
    }
}

impl Drop for KeyListener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        // It fails only for a canvas that is gone, and then there is nothing to take away.
        drop(self.canvas.remove_event_listener_with_callback_and_bool("keydown", callback, true));
    }
}

/// eframe makes the canvas, and an invisible input behind it for typing, stops of the Tab key and takes
/// the focus. Nothing can be typed here, and Tab would not get out again.
fn leave_focus(canvas: &HtmlCanvasElement, focused: Option<Element>) -> Result<(), JsValue> {
    canvas.set_tab_index(-1);
    if let Some(input) = canvas.next_element_sibling().and_then(|next| next.dyn_into::<HtmlElement>().ok())
        && input.tag_name() == "INPUT"
    {
        input.set_tab_index(-1);
        input.blur()?;
    }
    focused
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
        .map_or(Ok(()), |element| element.focus())
}

fn options() -> eframe::WebOptions {
    // The wheel, pointers and touches reach the page too: only what zooms is kept from it.
    let zooms = |event: &egui::Event| match event {
        egui::Event::MouseWheel { modifiers, .. } => modifiers.ctrl || modifiers.command,
        egui::Event::Zoom(_) => true,
        _ => false,
    };
    eframe::WebOptions {
        should_prevent_default: Box::new(zooms),
        should_stop_propagation: Box::new(zooms),
        dithering: false,
        ..eframe::WebOptions::default()
    }
}

fn now_ms() -> f64 {
    js_sys::Date::now()
}
