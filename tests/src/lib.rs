//! What the acceptance tests share: where the executable, the models and the data are, and how to
//! drive the window. The tests themselves are in `tests/`, one file per promise.

pub mod binary;
pub mod nano;
pub mod shared_data;

#[cfg(target_os = "linux")]
pub mod window;
