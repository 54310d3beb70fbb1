//! Which devices this build can use, and which of them work here.
//!
//! Answers without panicking on a machine that lacks the driver: the driver's library is asked for
//! before anything that would need it.

use crate::backends::DeviceChoice;

pub(crate) const CUDA: bool = cfg!(feature = "cuda");
pub(crate) const METAL: bool = cfg!(feature = "metal");
pub(crate) const VULKAN: bool = cfg!(feature = "vulkan");

/// The device that a model is loaded on.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) is_cpu: bool,
    pub(super) notice: Option<String>,
}

impl Chosen {
    fn cpu(notice: Option<String>) -> Self {
        Self { name: "cpu".into(), is_cpu: true, notice }
    }
}

/// For llama.cpp, which finds its devices itself: `gpu` asks it, only where one was compiled in.
pub(super) fn choose_for_llama(choice: DeviceChoice, gpu: impl FnOnce() -> Option<String>) -> Chosen {
    let Some(backend) = [(METAL, "metal"), (CUDA, "cuda"), (VULKAN, "vulkan")]
        .iter()
        .find_map(|(is, name)| is.then_some(*name))
    else {
        return Chosen::cpu(None);
    };
    if choice == DeviceChoice::Cpu {
        return Chosen::cpu(None);
    }
    let found = probe(backend).and_then(|()| gpu().ok_or_else(|| "it finds no GPU".to_owned()));
    match found {
        Ok(name) => Chosen { name: format!("{backend}: {name}"), is_cpu: false, notice: None },
        Err(reason) => Chosen::cpu(Some(unusable(backend, &reason))),
    }
}

fn unusable(backend: &str, reason: &str) -> String {
    format!("{backend} was compiled in but doesn't work here ({reason}); the CPU is used")
}

/// For mistral.rs.
pub(super) fn choose(choice: DeviceChoice) -> Chosen {
    if choice == DeviceChoice::Cpu {
        return Chosen::cpu(None);
    }
    for (compiled_in, backend, device) in [(METAL, "metal", "metal"), (CUDA, "cuda", "cuda:0")] {
        if compiled_in {
            return match probe(backend) {
                Ok(()) => Chosen { name: device.into(), is_cpu: false, notice: None },
                Err(reason) => Chosen::cpu(Some(unusable(backend, &reason))),
            };
        }
    }
    Chosen::cpu(None)
}

/// Whether a compiled-in backend works on this machine, or why not.
#[cfg_attr(
    not(any(feature = "cuda", feature = "metal", feature = "vulkan")),
    expect(clippy::unnecessary_wraps, reason = "nothing can fail where no GPU is compiled in")
)]
pub(crate) fn probe(backend: &str) -> Result<(), String> {
    match backend {
        #[cfg(feature = "cuda")]
        "cuda" => probe_cuda(),
        #[cfg(feature = "metal")]
        "metal" => mistralrs::Device::new_metal(0).map(drop).map_err(|error| error.to_string()),
        #[cfg(feature = "vulkan")]
        "vulkan" => probe_vulkan(),
        _ => Ok(()),
    }
}

/// Whether there is a loader of drivers; the worker finds out what they drive.
#[cfg(all(feature = "vulkan", unix))]
fn probe_vulkan() -> Result<(), String> {
    // SAFETY: the name is terminated; the library stays loaded, as the worker's own would.
    let library = unsafe { libc::dlopen(c"libvulkan.so.1".as_ptr(), libc::RTLD_NOW) };
    if library.is_null() {
        return Err("the Vulkan loader libvulkan.so.1 isn't installed".into());
    }
    Ok(())
}

#[cfg(all(feature = "vulkan", not(unix)))]
fn probe_vulkan() -> Result<(), String> {
    Ok(())
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
