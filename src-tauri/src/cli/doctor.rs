//! `sextant doctor`: what this machine has, what works, and what to do about the rest.

use serde_json::json;

use super::{print_json, print_line};
use crate::app;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

struct Finding {
    name: String,
    ok: bool,
    /// Whether the app can't do its main job without it.
    needed: bool,
    detail: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let findings = findings();
    let broken = findings.iter().find(|finding| finding.needed && !finding.ok);
    if args.json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({ "name": finding.name, "ok": finding.ok, "needed": finding.needed, "detail": finding.detail })
            })
            .collect();
        print_json(&json!({ "ok": broken.is_none(), "findings": list }))?;
    } else {
        for finding in &findings {
            let mark = match (finding.ok, finding.needed) {
                (true, _) => "ok     ",
                (false, true) => "missing",
                (false, false) => "-      ",
            };
            print_line(&format!("{mark}  {:<12} {}", finding.name, finding.detail));
        }
    }
    match broken {
        None => Ok(()),
        Some(finding) => Err(Failure::work("not_well", format!("{}: {}", finding.name, finding.detail))),
    }
}

fn findings() -> Vec<Finding> {
    let needed = |name: &str, result: Result<String, Failure>| {
        let ok = result.is_ok();
        let detail = result.unwrap_or_else(|failure| failure.parts().1.to_owned());
        Finding { name: name.into(), ok, needed: true, detail }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut findings = vec![
        needed("cpu", Ok(format!("{threads} threads, AVX2 or better where this is x86-64"))),
        needed("data", data_folder()),
        needed(
            "packs",
            app::pack("energy").map(|pack| format!("{} with {} criteria", pack.name, pack.criteria.len())),
        ),
        needed("model", bundled_model()),
    ];
    for backend in sextant_engine::backends() {
        findings.push(Finding {
            name: backend.name.into(),
            ok: backend.works,
            needed: false,
            detail: backend.reason.unwrap_or_else(|| "works".into()),
        });
    }
    let display = !cfg!(target_os = "linux")
        || std::env::var_os("DISPLAY").is_some()
        || std::env::var_os("WAYLAND_DISPLAY").is_some();
    findings.push(Finding {
        name: "display".into(),
        ok: display,
        needed: false,
        detail: if display {
            "a window can be opened".into()
        } else {
            "none; the command line does everything that the window does".into()
        },
    });
    findings
}

fn data_folder() -> Result<String, Failure> {
    let dir = app::data_dir()?;
    let writable = std::fs::create_dir_all(&dir).and_then(|()| {
        let probe = dir.join(".doctor");
        std::fs::write(&probe, b"")?;
        std::fs::remove_file(&probe)
    });
    match writable {
        Ok(()) => Ok(format!("{} can be written", dir.display())),
        Err(error) => Err(Failure::work(
            "data",
            format!("{} can't be written ({error}); set SEXTANT_HOME to a folder that can", dir.display()),
        )),
    }
}

/// Its header and its digest, without starting it.
fn bundled_model() -> Result<String, Failure> {
    let model = app::models()?.installed_by_id(app::BUNDLED_MODEL)?;
    let summary = sextant_engine::gguf::inspect(&model.file)?;
    if let Some(sha256) = &model.sha256 {
        sextant_engine::digest::verify_once(&model.file, sha256)?;
    }
    Ok(format!(
        "{}: {} million parameters, {}, {} tokens of context",
        model.id,
        summary.parameters / 1_000_000,
        summary.quantisation,
        summary.context_tokens
    ))
}
