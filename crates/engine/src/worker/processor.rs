//! How many threads compute: as many as there are cores that share nothing.
//!
//! Two threads on one core take turns at the same arithmetic units and wait for each other at every
//! step, so hyperthreads are not counted. A small model is over before a second thread has woken up.
//! On a battery half of the cores compute: the rest of the machine stays quick, and reading and writing
//! wait for memory more than for cores.

use std::{collections::BTreeSet, path::Path};

/// Below this, one thread is the fastest. Measured on nano: with two, a prompt takes as long, a token
/// longer, and processor time that the app can use is lost.
const SMALL_BYTES: u64 = 64 << 20;

/// What `RAYON_NUM_THREADS` says, which rules the other engine too, else what suits the model file.
pub(super) fn threads_for(file_bytes: u64) -> u32 {
    match super::chosen_threads() {
        Some(threads) => threads,
        None if is_small(file_bytes) => 1,
        None if is_on_battery(Path::new("/sys/class/power_supply")) => physical_cores().div_ceil(2),
        None => physical_cores(),
    }
}

/// Whether the library should rearrange weights of this type when it loads them.
///
/// Most types gain. K-quants don't on a processor with AVX2 alone: as they are stored, a prompt is read a
/// third faster and loading takes half as long, and they stay in the file's pages instead of in a second
/// copy. Four answers at once are a fifth slower, which is the lesser part of what people wait for.
pub(super) fn gains_by_rearranging(quantisation: &str) -> bool {
    !(is_narrow() && quantisation.ends_with("_K"))
}

/// Whether attention should be computed in one go (flash attention).
///
/// On a processor, prompts of some hundred tokens are read as fast without. With it, writing after a
/// thousand tokens takes half as long again, the few tokens of a second question take twice as long, and
/// 64 rows have other bits than one, so that what is reused would change what comes after it. Only a
/// small model is better off with it: it reads a tenth faster and writes briefly.
pub(super) fn gains_by_fused_attention(file_bytes: u64) -> bool {
    is_small(file_bytes)
}

/// Whether its vectors have 256 bits at most.
#[cfg(target_arch = "x86_64")]
fn is_narrow() -> bool {
    !is_x86_feature_detected!("avx512f")
}

#[cfg(not(target_arch = "x86_64"))]
fn is_narrow() -> bool {
    false
}

/// Where the system lists its power supplies; `false` where it doesn't tell.
fn is_on_battery(folder: &Path) -> bool {
    let Ok(supplies) = std::fs::read_dir(folder) else {
        return false;
    };
    supplies.flatten().any(|supply| {
        let says = |file: &str, word: &str| {
            std::fs::read_to_string(supply.path().join(file)).is_ok_and(|text| text.trim() == word)
        };
        // Mice have batteries too, which say so.
        says("type", "Battery") && says("status", "Discharging") && !says("scope", "Device")
    })
}

/// Whether one thread is the fastest for a model file of this size, on either engine.
pub(super) fn is_small(file_bytes: u64) -> bool {
    file_bytes < SMALL_BYTES
}

/// Cores, not hyperthreads, of those that this process may use.
fn physical_cores() -> u32 {
    let usable = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let usable = u32::try_from(usable).unwrap_or(1);
    cores_in(Path::new("/sys/devices/system/cpu")).map_or(usable, |cores| cores.clamp(1, usable))
}

/// Where the system tells which processors are one core.
fn cores_in(folder: &Path) -> Option<u32> {
    let siblings: BTreeSet<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| {
            let list = entry.ok()?.path().join("topology/thread_siblings_list");
            std::fs::read_to_string(list).ok()
        })
        .collect();
    u32::try_from(siblings.len()).ok().filter(|cores| *cores > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machines_own_battery_counts() {
        let folder = std::env::temp_dir().join(format!("sextant-power-{}", std::process::id()));
        let supply = |name: &str, files: &[(&str, &str)]| {
            let place = folder.join(name);
            std::fs::create_dir_all(&place).expect("the folder can be made");
            for (file, text) in files {
                std::fs::write(place.join(file), format!("{text}\n")).expect("the file can be written");
            }
        };
        assert!(!is_on_battery(&folder), "a machine that tells nothing");
        supply("AC", &[("type", "Mains"), ("online", "1")]);
        supply("mouse", &[("type", "Battery"), ("status", "Discharging"), ("scope", "Device")]);
        supply("BAT0", &[("type", "Battery"), ("status", "Charging")]);
        assert!(!is_on_battery(&folder));
        supply("BAT0", &[("status", "Discharging")]);
        assert!(is_on_battery(&folder));
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
