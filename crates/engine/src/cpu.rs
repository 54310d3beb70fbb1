//! Whether this processor can run the executable at all.
//!
//! We compile for x86-64-v3, because the matrix kernels are chosen at compile time and are several
//! times slower without it. For the same reason `is_x86_feature_detected!` always says yes, so the
//! processor is asked directly, and this must be the first thing that the executable does.

/// A sentence for the person when the processor is too old; `None` when it will do.
#[must_use]
pub fn unsupported() -> Option<String> {
    let missing = missing_features();
    if missing.is_empty() {
        return None;
    }
    Some(format!(
        "This build of Sextant needs a processor from about 2013 or later (x86-64-v3); this one \
         lacks {}. Build it from source for this machine with \
         RUSTFLAGS=\"-C target-cpu=native\".",
        missing.join(", ")
    ))
}

#[cfg(not(target_arch = "x86_64"))]
fn missing_features() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(target_arch = "x86_64")]
fn missing_features() -> Vec<&'static str> {
    use std::arch::x86_64::__cpuid_count;
    // Every x86-64 processor has CPUID; leaf 0 and 0x8000_0000 tell how far it goes.
    let basic = __cpuid_count(0, 0).eax;
    let extended = __cpuid_count(0x8000_0000, 0).eax;
    let features = __cpuid_count(1, 0).ecx;
    let more = if basic >= 7 { __cpuid_count(7, 0).ebx } else { 0 };
    let amd = if extended >= 0x8000_0001 { __cpuid_count(0x8000_0001, 0).ecx } else { 0 };
    let saves_registers = features & (1 << 27) != 0;
    let checks = [
        ("SSE3", features & 1 != 0),
        ("SSSE3", features & (1 << 9) != 0),
        ("FMA", features & (1 << 12) != 0),
        ("CMPXCHG16B", features & (1 << 13) != 0),
        ("SSE4.1", features & (1 << 19) != 0),
        ("SSE4.2", features & (1 << 20) != 0),
        ("MOVBE", features & (1 << 22) != 0),
        ("POPCNT", features & (1 << 23) != 0),
        ("AVX", features & (1 << 28) != 0),
        ("F16C", features & (1 << 29) != 0),
        ("BMI1", more & (1 << 3) != 0),
        ("AVX2", more & (1 << 5) != 0),
        ("BMI2", more & (1 << 8) != 0),
        ("LZCNT", amd & (1 << 5) != 0),
        ("an operating system that saves the AVX registers", saves_registers && saves_avx()),
    ];
    checks.into_iter().filter(|(_, present)| !present).map(|(name, _)| name).collect()
}

/// Bits 1 and 2 of XCR0: the system keeps the SSE and AVX registers of every thread.
#[cfg(target_arch = "x86_64")]
fn saves_avx() -> bool {
    let (low, high): (u32, u32);
    // SAFETY: the caller has checked OSXSAVE, so XGETBV exists and may be used.
    unsafe {
        std::arch::asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high,
            options(nomem, nostack, preserves_flags));
    }
    let _ = high;
    low & 0b110 == 0b110
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_processor_that_runs_the_tests_will_do() {
        assert_eq!(super::unsupported(), None);
    }
}
