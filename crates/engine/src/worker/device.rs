//! Which devices this build can use, and which of them work here.
//!
//! Answers without panicking on a machine that lacks the driver: the driver's library is asked for
//! before anything that would need it.

use crate::backends::DeviceChoice;

pub(crate) const CUDA: bool = cfg!(feature = "cuda");
pub(crate) const METAL: bool = cfg!(feature = "metal");

/// The device that a model is loaded on.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) is_cpu: bool,
    pub(super) notice: Option<String>,
}

pub(super) fn choose(choice: DeviceChoice) -> Chosen {
    let cpu = |notice| Chosen { name: "cpu".into(), is_cpu: true, notice };
    if choice == DeviceChoice::Cpu {
        return cpu(None);
    }
    for (compiled_in, backend, device) in [(METAL, "metal", "metal"), (CUDA, "cuda", "cuda:0")] {
        if compiled_in {
            return match probe(backend) {
                Ok(()) => Chosen { name: device.into(), is_cpu: false, notice: None },
                Err(reason) => cpu(Some(format!(
                    "{backend} was compiled in but doesn't work here ({reason}); the CPU is used"
                ))),
            };
        }
    }
    cpu(None)
}

/// Whether a compiled-in backend works on this machine, or why not.
#[cfg_attr(
    not(any(feature = "cuda", feature = "metal")),
    expect(clippy::unnecessary_wraps, reason = "nothing can fail where no GPU is compiled in")
)]
pub(crate) fn probe(backend: &str) -> Result<(), String> {
    match backend {
        #[cfg(feature = "cuda")]
        "cuda" => probe_cuda(),
        #[cfg(feature = "metal")]
        "metal" => mistralrs::Device::new_metal(0).map(drop).map_err(|error| error.to_string()),
        _ => Ok(()),
    }
}

/// Asks the driver for its devices without linking it.
#[cfg(feature = "cuda")]
fn probe_cuda() -> Result<(), String> {
    type Init = unsafe extern "C" fn(u32) -> i32;
    type Count = unsafe extern "C" fn(*mut i32) -> i32;
    // SAFETY: the names and signatures are those of the CUDA driver API; the library stays loaded.
    unsafe {
        let library = libc::dlopen(c"libcuda.so.1".as_ptr(), libc::RTLD_NOW);
        if library.is_null() {
            return Err("the NVIDIA driver's libcuda.so.1 isn't installed".into());
        }
        let init = libc::dlsym(library, c"cuInit".as_ptr());
        let count = libc::dlsym(library, c"cuDeviceGetCount".as_ptr());
        if init.is_null() || count.is_null() {
            return Err("the NVIDIA driver is too old".into());
        }
        let init: Init = std::mem::transmute(init);
        let count: Count = std::mem::transmute(count);
        let code = init(0);
        if code != 0 {
            return Err(format!("the NVIDIA driver answered with error {code}"));
        }
        let mut devices = 0;
        if count(&raw mut devices) != 0 || devices == 0 {
            return Err("the NVIDIA driver sees no device".into());
        }
    }
    Ok(())
}
