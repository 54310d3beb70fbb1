//! What the acceptance tests share: where the executable, the models and the data are, and how to
//! drive the window. The tests themselves are in `tests/`, one file per promise.

pub mod binary;
pub mod chat;
pub mod nano;
pub mod questions;
pub mod shared_data;

#[cfg(target_os = "linux")]
pub mod chat_window;
#[cfg(target_os = "linux")]
pub mod window;
