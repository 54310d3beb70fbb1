//! The network of all-MiniLM-L6-v2: a BERT encoder of six layers, then the mean of its outputs.
//!
//! candle reads the file; the few operations of a forward pass are here, on plain slices. For a short
//! text that takes half of what candle-transformers' `BertModel` takes (`linear.rs` says why). A text is
//! computed on its own, so there is no padding and no mask, and its vector can't depend on other texts.
//!
//! Devlin et al., BERT (<https://arxiv.org/abs/1810.04805>); Wang et al., `MiniLM`
//! (<https://arxiv.org/abs/2002.10957>); pooling as the model's
//! [card](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) says.

mod arithmetic;
mod linear;

use std::path::Path;

use candle_core::{DType, Device, Error, Result, safetensors::BufferedSafetensors};

use arithmetic::{add, gelu, normalize, softmax, to_unit_length};
use linear::Linear;

pub(super) const VOCABULARY: usize = 30_522;
const POSITIONS: usize = 512;
const WIDTH: usize = 384;
const HEADS: usize = 12;
const HEAD_WIDTH: usize = WIDTH / HEADS;
const INNER_WIDTH: usize = 1536;
const LAYERS: usize = 6;

/// 1 / √[`HEAD_WIDTH`].
const QUERY_FACTOR: f32 = 0.176_776_7;

pub(super) struct MiniLm {
    words: Vec<f32>,
    /// With that of the only token type added.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Queries, keys and values in one product.
    project: Linear,
    join: Linear,
    attention_norm: Norm,
    widen: Linear,
    narrow: Linear,
    norm: Norm,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl MiniLm {
    pub(super) fn load(path: &Path) -> Result<Self> {
        let file = File(BufferedSafetensors::new(std::fs::read(path)?)?);
        let mut positions = file.values("embeddings.position_embeddings.weight", &[POSITIONS, WIDTH])?;
        let types = file.values("embeddings.token_type_embeddings.weight", &[2, WIDTH])?;
        for position in positions.chunks_exact_mut(WIDTH) {
            add(position, &types[..WIDTH]);
        }
        Ok(Self {
            words: file.values("embeddings.word_embeddings.weight", &[VOCABULARY, WIDTH])?,
            positions,
            norm: file.norm("embeddings.LayerNorm")?,
            layers: (0..LAYERS).map(|index| file.layer(index)).collect::<Result<_>>()?,
        })
    }

    /// The text's vector, of length 1. Its word pieces are below [`VOCABULARY`], control tokens are among
    /// them, and there are no more than [`POSITIONS`].
    pub(super) fn embed(&self, word_pieces: &[u32]) -> Vec<f32> {
        let mut states = Vec::with_capacity(word_pieces.len() * WIDTH);
        for (&word, position) in word_pieces.iter().zip(self.positions.chunks_exact(WIDTH)) {
            let word = &self.words[word as usize * WIDTH..][..WIDTH];
            states.extend(word.iter().zip(position).map(|(word, position)| word + position));
        }
        self.norm.apply(&mut states);
        let states = self.layers.iter().fold(states, |states, layer| layer.apply(&states));
        let mut vector = vec![0.0; WIDTH];
        for state in states.chunks_exact(WIDTH) {
            add(&mut vector, state);
        }
        // From the sum it's the same vector as from the mean.
        to_unit_length(&mut vector);
        vector
    }
}

impl Layer {
    fn apply(&self, states: &[f32]) -> Vec<f32> {
        let mut middle = self.join.apply(&attend(&self.project.apply(states)));
        add(&mut middle, states);
        self.attention_norm.apply(&mut middle);

        let mut wide = self.widen.apply(&middle);
        gelu(&mut wide);
        let mut states = self.narrow.apply(&wide);
        add(&mut states, &middle);
        self.norm.apply(&mut states);
        states
    }
}

impl Norm {
    fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(WIDTH) {
            normalize(row, &self.scale, &self.shift);
        }
    }
}

/// What each token takes from all of them; of each there are its query, key and value.
fn attend(projected: &[f32]) -> Vec<f32> {
    let tokens = projected.len() / (3 * WIDTH);
    // Keys and values that fill the last panel up are zeros.
    let padded = Linear::padded(tokens);
    let mut attended = vec![0.0; tokens * WIDTH];
    for head in (0..WIDTH).step_by(HEAD_WIDTH) {
        let part = |part: usize, token: usize, index: usize| {
            let row = projected.get(token * 3 * WIDTH..);
            row.map_or(0.0, |row| row.get(part * WIDTH + head + index).copied().unwrap_or_default())
        };
        let queries: Vec<f32> = projected
            .chunks_exact(3 * WIDTH)
            .flat_map(|token| token[head..head + HEAD_WIDTH].iter().map(|value| value * QUERY_FACTOR))
            .collect();
        let keys = Linear::pack(HEAD_WIDTH, tokens, |_| 0.0, |index, token| part(1, token, index));
        let mut weights = keys.apply(&queries);
        for row in weights.chunks_exact_mut(padded) {
            let (row, filling) = row.split_at_mut(tokens);
            softmax(row);
            filling.fill(0.0);
        }
        let values = Linear::pack(padded, HEAD_WIDTH, |_| 0.0, |token, index| part(2, token, index));
        let rows = values.apply(&weights);
        for (out, row) in attended.chunks_exact_mut(WIDTH).zip(rows.chunks_exact(HEAD_WIDTH)) {
            out[head..head + HEAD_WIDTH].copy_from_slice(row);
        }
    }
    attended
}

struct File(BufferedSafetensors);

impl File {
    /// A tensor's numbers, if it has the shape that this network has.
    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.0.load(name, &Device::Cpu)?;
        if tensor.dims() != shape {
            return Err(Error::Msg(format!("{name} is {:?} and not {shape:?}", tensor.dims())));
        }
        tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
    }

    fn norm(&self, name: &str) -> Result<Norm> {
        Ok(Norm {
            scale: self.values(&format!("{name}.weight"), &[WIDTH])?,
            shift: self.values(&format!("{name}.bias"), &[WIDTH])?,
        })
    }

    /// Several of the same shape, side by side. The file has outputs × inputs.
    fn linear(&self, names: &[String], inputs: usize, outputs: usize) -> Result<Linear> {
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for name in names {
            weights.extend(self.values(&format!("{name}.weight"), &[outputs, inputs])?);
            biases.extend(self.values(&format!("{name}.bias"), &[outputs])?);
        }
        let weight = |input: usize, output: usize| weights[output * inputs + input];
        Ok(Linear::pack(inputs, biases.len(), |output| biases[output], weight))
    }

    fn layer(&self, index: usize) -> Result<Layer> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let projections = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        Ok(Layer {
            project: self.linear(&projections, WIDTH, WIDTH)?,
            join: self.linear(&[name("attention.output.dense")], WIDTH, WIDTH)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            widen: self.linear(&[name("intermediate.dense")], WIDTH, INNER_WIDTH)?,
            narrow: self.linear(&[name("output.dense")], INNER_WIDTH, WIDTH)?,
            norm: self.norm(&name("output.LayerNorm"))?,
        })
    }
}
