//! `cargo xtask models random`: GGUF files in the shape of real models, with random weights.
//!
//! They exist to measure speed and memory where no weights can be had: as many layers, rows and tokens
//! as the real ones, and nothing to say. A file is the same wherever it is written, because every bit
//! comes from a seed. Quantised blocks are written as such: random numbers with scales that keep the
//! activations in range, so nothing has to be quantised.

mod blocks;
mod gguf;
mod vocabulary;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::blocks::Kind;
use self::gguf::Header;
use self::vocabulary::Vocabulary;
use crate::cache::Cache;

/// What a model's file has in common with the real one.
struct Shape {
    name: &'static str,
    architecture: &'static str,
    layers: u64,
    width: u64,
    feed_forward: u64,
    heads: u64,
    shared_heads: u64,
    head_width: u64,
    tokens: usize,
    context_tokens: u32,
    rope_base: f32,
    /// How its vocabulary splits text, in llama.cpp's words.
    splits: &'static str,
    /// Whether keys and queries are normalised, as in Qwen3.
    normalises_heads: bool,
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "qwen3-0.6b",
        architecture: "qwen3",
        layers: 28,
        width: 1024,
        feed_forward: 3072,
        heads: 16,
        shared_heads: 8,
        head_width: 128,
        tokens: 151_936,
        context_tokens: 40_960,
        rope_base: 1e6,
        splits: "qwen2",
        normalises_heads: true,
    },
    Shape {
        name: "llama3.2-1b",
        architecture: "llama",
        layers: 16,
        width: 2048,
        feed_forward: 8192,
        heads: 32,
        shared_heads: 8,
        head_width: 64,
        tokens: 128_256,
        context_tokens: 131_072,
        rope_base: 5e5,
        splits: "llama-bpe",
        normalises_heads: false,
    },
    Shape {
        name: "nano",
        architecture: "llama",
        layers: 8,
        width: 256,
        feed_forward: 1024,
        heads: 4,
        shared_heads: 2,
        head_width: 64,
        tokens: 2560,
        context_tokens: 1024,
        rope_base: 1e4,
        splits: "qwen2",
        normalises_heads: false,
    },
];

/// How the matrices are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantisation {
    F16,
    Q8_0,
    Q4KM,
}

impl Quantisation {
    const ALL: [(&'static str, Self); 3] = [("f16", Self::F16), ("q8_0", Self::Q8_0), ("q4_k_m", Self::Q4KM)];

    /// llama.cpp's number for the whole file.
    fn file_type(self) -> u32 {
        match self {
            Self::F16 => 1,
            Self::Q8_0 => 7,
            Self::Q4KM => 15,
        }
    }
}

/// One tensor of the file.
struct Tensor {
    name: String,
    /// Row length first.
    dimensions: Vec<u64>,
    kind: Kind,
}

/// Writes the model into the cache folder, unless it is there, and says where that is.
pub(crate) fn write(cache: &Cache, arguments: &[&str]) -> Result<PathBuf> {
    let (shape, quantisation) = parse(arguments)?;
    let name = Quantisation::ALL.iter().find(|(_, each)| *each == quantisation).map_or("", |(name, _)| name);
    let folder = cache.models().join("random").join(format!("{}-{name}", shape.name));
    let file = folder.join("model.gguf");
    if !file.is_file() {
        std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        let vocabulary = Vocabulary::of(shape.tokens);
        std::fs::write(folder.join("tokenizer.json"), vocabulary.tokenizer_json())?;
        std::fs::write(folder.join("tokenizer_config.json"), Vocabulary::configuration())?;
        let unfinished = folder.join("model.gguf.part");
        write_file(shape, quantisation, &vocabulary, &unfinished)
            .with_context(|| format!("can't write {}", unfinished.display()))?;
        std::fs::rename(&unfinished, &file)?;
    }
    Ok(file)
}

fn parse(arguments: &[&str]) -> Result<(&'static Shape, Quantisation)> {
    let (mut shape, mut quantisation) = (None, None);
    for pair in arguments.chunks(2) {
        match *pair {
            ["--shape", name] => shape = SHAPES.iter().find(|shape| shape.name == name),
            ["--quant", name] => {
                quantisation =
                    Quantisation::ALL.iter().find(|(each, _)| *each == name).map(|(_, each)| *each);
            }
            _ => {}
        }
    }
    if let (Some(shape), Some(quantisation)) = (shape, quantisation) {
        return Ok((shape, quantisation));
    }
    let shapes: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
    bail!("say `cargo xtask models random --shape {} --quant f16|q8_0|q4_k_m`", shapes.join("|"))
}

fn write_file(
    shape: &Shape,
    quantisation: Quantisation,
    vocabulary: &Vocabulary,
    path: &PathBuf,
) -> Result<()> {
    let tensors = tensors(shape, quantisation);
    let mut header = Header::default();
    let own = |key: &str| format!("{}.{key}", shape.architecture);
    header.text("general.architecture", shape.architecture);
    header.text("general.name", &format!("{} with random weights", shape.name));
    header.u32("general.file_type", quantisation.file_type());
    for (key, number) in [
        ("block_count", shape.layers),
        ("context_length", shape.context_tokens.into()),
        ("embedding_length", shape.width),
        ("feed_forward_length", shape.feed_forward),
        ("attention.head_count", shape.heads),
        ("attention.head_count_kv", shape.shared_heads),
        ("attention.key_length", shape.head_width),
        ("attention.value_length", shape.head_width),
        ("rope.dimension_count", shape.head_width),
        ("vocab_size", shape.tokens as u64),
    ] {
        header.u32(&own(key), u32::try_from(number)?);
    }
    header.f32(&own("rope.freq_base"), shape.rope_base);
    header.f32(&own("attention.layer_norm_rms_epsilon"), 1e-6);
    vocabulary.describe(&mut header, shape.splits);

    let mut output = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut written = header.write(&tensors, &mut output)?;
    for (seed, tensor) in (1..).zip(&tensors) {
        written += blocks::write(tensor, seed, &mut output)?;
        written += gguf::pad(written, &mut output)?;
    }
    output.flush()?;
    Ok(())
}

/// As llama.cpp's own quantiser chooses the types for a file of this kind.
fn tensors(shape: &Shape, quantisation: Quantisation) -> Vec<Tensor> {
    let (usual, finer) = match quantisation {
        Quantisation::F16 => (Kind::F16, Kind::F16),
        Quantisation::Q8_0 => (Kind::Q8_0, Kind::Q8_0),
        Quantisation::Q4KM => (Kind::Q4K, Kind::Q6K),
    };
    let matrix = |name: String, row: u64, rows: u64, kind| Tensor { name, dimensions: vec![row, rows], kind };
    let ones = |name: String, length: u64| Tensor { name, dimensions: vec![length], kind: Kind::One };
    let mut tensors = vec![
        // Serves as the output too, so it is kept finer.
        matrix("token_embd.weight".into(), shape.width, shape.tokens as u64, finer),
        ones("output_norm.weight".into(), shape.width),
    ];
    let (queries, keys) = (shape.heads * shape.head_width, shape.shared_heads * shape.head_width);
    for layer in 0..shape.layers {
        let eighth = shape.layers / 8;
        let is_finer = layer < eighth || layer >= 7 * eighth || (layer - eighth) % 3 == 2;
        let sensitive = if is_finer { finer } else { usual };
        let own = |name: &str| format!("blk.{layer}.{name}.weight");
        tensors.extend([
            ones(own("attn_norm"), shape.width),
            matrix(own("attn_q"), shape.width, queries, usual),
            matrix(own("attn_k"), shape.width, keys, usual),
            matrix(own("attn_v"), shape.width, keys, sensitive),
            matrix(own("attn_output"), queries, shape.width, usual),
            ones(own("ffn_norm"), shape.width),
            matrix(own("ffn_gate"), shape.width, shape.feed_forward, usual),
            matrix(own("ffn_up"), shape.width, shape.feed_forward, usual),
            matrix(own("ffn_down"), shape.feed_forward, shape.width, sensitive),
        ]);
        if shape.normalises_heads {
            tensors.extend([
                ones(own("attn_q_norm"), shape.head_width),
                ones(own("attn_k_norm"), shape.head_width),
            ]);
        }
    }
    tensors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_by_shape_and_quantisation() {
        assert!(parse(&["--shape", "nano", "--quant", "q8_0"]).is_ok());
        assert!(parse(&["--shape", "nano"]).is_err());
        assert!(parse(&["--shape", "mega", "--quant", "q8_0"]).is_err());
    }

    #[test]
    fn a_file_is_as_long_as_its_header_says() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("model.gguf");
        let vocabulary = Vocabulary::of(SHAPES[2].tokens);
        write_file(&SHAPES[2], Quantisation::Q4KM, &vocabulary, &path)?;
        let weights: u64 = tensors(&SHAPES[2], Quantisation::Q4KM)
            .iter()
            .map(|tensor| gguf::aligned(blocks::bytes(tensor)))
            .sum();
        let length = std::fs::metadata(&path)?.len();
        assert!(length > weights && length < weights + 400_000, "{length} bytes for {weights} of weights");
        Ok(())
    }
}
