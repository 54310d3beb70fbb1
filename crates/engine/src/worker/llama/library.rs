//! The C library behind handles that free themselves: a vocabulary, a model, a context.
//!
//! Every call into llama.cpp and ggml is in this file, and so is every reason why it is sound. Nothing
//! here knows prompts, sampling or requests. `llama-cpp-2`, the usual safe wrapper, is not used: it has
//! no abort callback, so nothing could stop a long prompt, and no thread pool of our own.

use std::{
    ffi::{CStr, CString, c_char, c_void},
    path::Path,
    ptr::NonNull,
    sync::{Arc, Mutex, Once, PoisonError},
};

use llama_cpp_sys_2 as ffi;

use crate::worker::StopSignal;

pub(super) type Token = ffi::llama_token;

/// Prompts are computed in pieces that end at multiples of this, where the library looks at more of what
/// is held: a row would look through the larger room for nothing.
pub(super) const PIECE_TOKENS: usize = 256;
/// More than any model has.
const ALL_LAYERS: i32 = 9999;
/// How long idle threads look for work before they sleep, in units of 131,072 looks: some
/// milliseconds, more than lie between two tokens and nothing that a person would notice.
const POLL: u32 = 1;

/// What the library last complained about, for the sentence that a person reads.
static COMPLAINT: Mutex<String> = Mutex::new(String::new());

/// The library has no last-error call: a reason exists only in its log.
pub(super) fn take_complaint() -> String {
    std::mem::take(&mut *COMPLAINT.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Once per process; logs go nowhere but into the last complaint, and a failed assertion says one line.
fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // SAFETY: the callbacks match their types, keep nothing and never unwind.
        unsafe {
            ffi::llama_log_set(Some(keep_complaint), std::ptr::null_mut());
            ffi::ggml_set_abort_callback(Some(say_last_words));
            if cfg!(feature = "cpu-variants") {
                ffi::ggml_backend_load_all();
            }
            ffi::llama_backend_init();
        }
    });
}

unsafe extern "C" fn keep_complaint(level: ffi::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if level == ffi::GGML_LOG_LEVEL_ERROR && !text.is_null() {
        // SAFETY: the library passes a terminated string that lives during the call.
        let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
        let mut complaint = COMPLAINT.lock().unwrap_or_else(PoisonError::into_inner);
        // The first one is the cause; what follows only says that loading failed.
        if complaint.is_empty() {
            let cause = text.rsplit("error loading model: ").next().unwrap_or_default();
            cause.trim().clone_into(&mut complaint);
        }
    }
}

unsafe extern "C" fn say_last_words(message: *const c_char) {
    if !message.is_null() {
        // SAFETY: as above.
        let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
        eprintln!("{}", message.rsplit('/').next().unwrap_or_default().trim());
    }
}

/// The GPU that the library would use, as a name for people.
pub(super) fn gpu() -> Option<String> {
    start();
    // SAFETY: devices are registered once and live as long as the process; names are terminated.
    unsafe {
        (0..ffi::ggml_backend_dev_count()).map(|at| ffi::ggml_backend_dev_get(at)).find_map(|device| {
            let kind = ffi::ggml_backend_dev_type(device);
            let is_gpu =
                kind == ffi::GGML_BACKEND_DEVICE_TYPE_GPU || kind == ffi::GGML_BACKEND_DEVICE_TYPE_IGPU;
            let name = CStr::from_ptr(ffi::ggml_backend_dev_description(device)).to_string_lossy();
            is_gpu.then(|| name.trim().to_owned())
        })
    }
}

/// The weights, mapped from their file, and the vocabulary.
#[derive(Debug)]
pub(super) struct Model {
    pointer: NonNull<ffi::llama_model>,
    vocabulary: NonNull<ffi::llama_vocab>,
}

// SAFETY: the library only reads a loaded model; contexts are made by one thread, the worker's.
unsafe impl Send for Model {}
// SAFETY: as above; every method here reads.
unsafe impl Sync for Model {}

impl Model {
    /// With `rearranged`, the library may copy weights into the order that its kernels for several columns
    /// like best. `Err` is the reason, as far as the library says it.
    pub(super) fn load(file: &Path, on_gpu: bool, rearranged: bool) -> Result<Self, String> {
        start();
        take_complaint();
        let path = file.to_str().ok_or("its path has characters that are not Unicode")?;
        let path = CString::new(path).map_err(|_| "its path has a zero byte")?;
        // Without this, a GPU that was compiled in would compute long prompts all the same.
        let mut no_devices = [std::ptr::null_mut()];
        // SAFETY: the path is terminated, and it and the list of devices live during the call; the rest of
        // the parameters is the library's own.
        let model = unsafe {
            let mut parameters = ffi::llama_model_default_params();
            if on_gpu {
                parameters.n_gpu_layers = ALL_LAYERS;
            } else {
                parameters.n_gpu_layers = 0;
                parameters.devices = no_devices.as_mut_ptr();
            }
            parameters.load_mode = ffi::LLAMA_LOAD_MODE_MMAP;
            parameters.use_extra_bufts = rearranged;
            ffi::llama_model_load_from_file(path.as_ptr(), parameters)
        };
        let pointer = NonNull::new(model).ok_or_else(take_complaint)?;
        // SAFETY: the model was just loaded; its vocabulary lives as long as it does.
        let vocabulary = unsafe { ffi::llama_model_get_vocab(pointer.as_ptr()) };
        let vocabulary = NonNull::new(vocabulary.cast_mut()).expect("every loaded model has a vocabulary");
        Ok(Self { pointer, vocabulary })
    }

    /// The longest text that the model was trained on.
    pub(super) fn context_tokens(&self) -> u32 {
        // SAFETY: the model lives.
        u32::try_from(unsafe { ffi::llama_model_n_ctx_train(self.pointer.as_ptr()) }).unwrap_or(0)
    }

    /// The chat template in the file's header.
    pub(super) fn chat_template(&self) -> Option<String> {
        // SAFETY: the model lives, and a null name asks for the usual template, which lives with it.
        let template = unsafe { ffi::llama_model_chat_template(self.pointer.as_ptr(), std::ptr::null()) };
        // SAFETY: what is not null is a terminated string.
        (!template.is_null()).then(|| unsafe { CStr::from_ptr(template) }.to_string_lossy().into_owned())
    }

    /// What holding one token takes: its keys and values, 16 bits a number.
    pub(super) fn bytes_per_held_token(&self) -> u64 {
        // SAFETY: the model lives.
        let (layers, heads, shared_heads, width) = unsafe {
            let model = self.pointer.as_ptr();
            (
                ffi::llama_model_n_layer(model),
                ffi::llama_model_n_head(model),
                ffi::llama_model_n_head_kv(model),
                ffi::llama_model_n_embd(model),
            )
        };
        let usual = u64::try_from(width / heads.max(1)).unwrap_or(0);
        let head = self.number_in_header("attention.key_length").unwrap_or(usual);
        let rows = u64::try_from(layers).unwrap_or(0) * u64::try_from(shared_heads).unwrap_or(0);
        (2 * 2 * rows * head).max(1)
    }

    /// A whole number that the file has under this name of its architecture.
    fn number_in_header(&self, name: &str) -> Option<u64> {
        let architecture = self.header("general.architecture")?;
        self.header(&format!("{architecture}.{name}"))?.parse().ok()
    }

    fn header(&self, key: &str) -> Option<String> {
        let key = CString::new(key).ok()?;
        let mut value = [0_u8; 64];
        // SAFETY: the key is terminated, and the buffer comes with its length.
        let length = unsafe {
            ffi::llama_model_meta_val_str(
                self.pointer.as_ptr(),
                key.as_ptr(),
                value.as_mut_ptr().cast(),
                value.len(),
            )
        };
        let value = value.get(..usize::try_from(length).ok()?)?;
        std::str::from_utf8(value).ok().map(str::to_owned)
    }

    pub(super) fn vocabulary_tokens(&self) -> u32 {
        // SAFETY: the vocabulary lives with the model.
        u32::try_from(unsafe { ffi::llama_vocab_n_tokens(self.vocabulary.as_ptr()) }).unwrap_or(0)
    }

    /// Whether text is split without regard to what stands before it, so that a piece alone has the
    /// tokens that it has within a text.
    pub(super) fn splits_pieces_alike(&self) -> bool {
        // SAFETY: the vocabulary lives with the model.
        unsafe { ffi::llama_vocab_type(self.vocabulary.as_ptr()) == ffi::LLAMA_VOCAB_TYPE_BPE }
    }

    /// The tokens of a text. With `control`, the names of control tokens in it become those tokens.
    pub(super) fn tokens(&self, text: &[u8], control: bool) -> Vec<Token> {
        let mut tokens = vec![0; text.len() + 2];
        let bytes = i32::try_from(text.len()).expect("requests are far below 2 GiB");
        let room = i32::try_from(tokens.len()).expect("requests are far below 2 GiB");
        // SAFETY: both pointers come with their lengths. No text has more tokens than bytes, but for the
        // space that some vocabularies put in front.
        let count = unsafe {
            ffi::llama_tokenize(
                self.vocabulary.as_ptr(),
                text.as_ptr().cast(),
                bytes,
                tokens.as_mut_ptr(),
                room,
                false,
                control,
            )
        };
        tokens.truncate(usize::try_from(count).unwrap_or(0));
        tokens
    }

    /// The bytes of a token; those of control tokens only where they are asked for.
    pub(super) fn bytes(&self, token: Token, control: bool) -> Vec<u8> {
        let mut bytes = vec![0_u8; 64];
        loop {
            let room = i32::try_from(bytes.len()).expect("tokens are short");
            // SAFETY: the buffer comes with its length; the vocabulary checks the token.
            let length = unsafe {
                ffi::llama_token_to_piece(
                    self.vocabulary.as_ptr(),
                    token,
                    bytes.as_mut_ptr().cast(),
                    room,
                    0,
                    control,
                )
            };
            if let Ok(length) = usize::try_from(length) {
                bytes.truncate(length);
                return bytes;
            }
            bytes.resize(usize::try_from(length.unsigned_abs()).expect("tokens are short"), 0);
        }
    }

    /// Whether the token ends an answer.
    pub(super) fn ends(&self, token: Token) -> bool {
        // SAFETY: the vocabulary lives with the model and checks the token.
        unsafe { ffi::llama_vocab_is_eog(self.vocabulary.as_ptr(), token) }
    }

    /// The usual token that ends an answer.
    pub(super) fn end_token(&self) -> Option<Token> {
        // SAFETY: the vocabulary lives with the model.
        let (turn, text) = unsafe {
            (ffi::llama_vocab_eot(self.vocabulary.as_ptr()), ffi::llama_vocab_eos(self.vocabulary.as_ptr()))
        };
        [turn, text].into_iter().find(|token| *token >= 0)
    }

    /// The token that every text begins with, where the file asks for one.
    pub(super) fn first_token(&self) -> Option<Token> {
        // SAFETY: the vocabulary lives with the model.
        unsafe {
            let wanted = ffi::llama_vocab_get_add_bos(self.vocabulary.as_ptr());
            Some(ffi::llama_vocab_bos(self.vocabulary.as_ptr())).filter(|token| wanted && *token >= 0)
        }
    }

    pub(super) fn kind(&self, token: Token) -> TokenKind {
        // SAFETY: the vocabulary lives with the model and checks the token.
        let attributes = unsafe { ffi::llama_vocab_get_attr(self.vocabulary.as_ptr(), token) };
        if attributes & ffi::LLAMA_TOKEN_ATTR_CONTROL != 0 {
            TokenKind::Control
        } else if attributes & ffi::LLAMA_TOKEN_ATTR_USER_DEFINED != 0 {
            TokenKind::Added
        } else {
            TokenKind::Plain
        }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: every context holds an `Arc` of its model, so none is left.
        unsafe { ffi::llama_model_free(self.pointer.as_ptr()) };
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Plain,
    /// `<|im_end|>` and the like: what structures a conversation.
    Control,
    /// Recognised in any text, like `<think>` or runs of blanks.
    Added,
}

/// Why tokens were not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undone {
    /// The app didn't want it any more. Some of the tokens may be held.
    Stopped,
    Failed(i32),
}

/// How much a context can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) sequences: u32,
    /// Of each sequence.
    pub(super) tokens: u32,
}

/// A token and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) sequence: usize,
    pub(super) position: usize,
    /// Whether the logits after it are wanted.
    pub(super) is_last: bool,
}

/// What has been computed of some sequences of tokens, and the place where more is computed.
#[derive(Debug)]
pub(super) struct Context {
    pointer: NonNull<ffi::llama_context>,
    threads: Option<NonNull<ffi::ggml_threadpool>>,
    model: Arc<Model>,
    shape: Shape,
}

// SAFETY: a context may be used by any one thread at a time.
unsafe impl Send for Context {}

impl Context {
    /// Without `fused_attention` (flash attention, where the library has it), a row's bits don't depend on
    /// how many rows are computed with it.
    pub(super) fn new(
        model: &Arc<Model>,
        shape: Shape,
        threads: u32,
        fused_attention: bool,
    ) -> Result<Self, String> {
        take_complaint();
        let thread_count = i32::try_from(threads).unwrap_or(1);
        // SAFETY: the parameters are the library's own, and the model lives as long as the context.
        let context = unsafe {
            let mut parameters = ffi::llama_context_default_params();
            parameters.n_ctx = shape.tokens * shape.sequences;
            let piece = u32::try_from(PIECE_TOKENS).unwrap_or(u32::MAX).min(shape.tokens);
            parameters.n_batch = piece;
            parameters.n_ubatch = piece;
            // One row of logits a sequence: with more, the library keeps room for a row per token.
            parameters.n_outputs_max = shape.sequences;
            parameters.n_seq_max = shape.sequences;
            // Each sequence has its own room, so that none looks through what others hold.
            parameters.kv_unified = false;
            parameters.n_threads = thread_count;
            parameters.n_threads_batch = thread_count;
            parameters.no_perf = true;
            if !fused_attention {
                parameters.flash_attn_type = ffi::LLAMA_FLASH_ATTN_TYPE_DISABLED;
            }
            ffi::llama_init_from_model(model.pointer.as_ptr(), parameters)
        };
        let pointer = NonNull::new(context).ok_or_else(take_complaint)?;
        let mut context = Self { pointer, threads: None, model: Arc::clone(model), shape };
        if threads > 1 {
            context.use_own_threads(thread_count);
        }
        Ok(context)
    }

    /// Without a pool, the library starts and joins its threads for every token.
    fn use_own_threads(&mut self, count: i32) {
        // SAFETY: the parameters are initialised by the library; the pool outlives its attachment, which
        // ends with the context in `drop`.
        unsafe {
            let mut parameters = std::mem::zeroed();
            ffi::ggml_threadpool_params_init(&raw mut parameters, count);
            parameters.poll = POLL;
            self.threads = NonNull::new(ffi::ggml_threadpool_new(&raw mut parameters));
            if let Some(threads) = self.threads {
                ffi::llama_attach_threadpool(self.pointer.as_ptr(), threads.as_ptr(), threads.as_ptr());
            }
        }
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Computes at most [`PIECE_TOKENS`] tokens, each after those that its sequence holds. Ends early
    /// when all of `stops` are asked.
    pub(super) fn compute(&mut self, tokens: &[Placed], stops: &[&StopSignal]) -> Result<(), Undone> {
        let mut ids: Vec<Token> = tokens.iter().map(|placed| placed.token).collect();
        let number = |number: usize| i32::try_from(number).expect("a context has fewer tokens");
        let mut positions: Vec<i32> = tokens.iter().map(|placed| number(placed.position)).collect();
        let mut sequences: Vec<i32> = tokens.iter().map(|placed| number(placed.sequence)).collect();
        let mut memberships = vec![1; tokens.len()];
        let mut members: Vec<*mut i32> = sequences.iter_mut().map(std::ptr::from_mut).collect();
        let mut wanted: Vec<i8> = tokens.iter().map(|placed| i8::from(placed.is_last)).collect();
        let mut asked: &[&StopSignal] = stops;
        // SAFETY: every array has an entry per token and outlives the call, which only reads them; the
        // signals outlive it too, and the callback is taken back right after it.
        let code = unsafe {
            ffi::llama_set_abort_callback(
                self.pointer.as_ptr(),
                Some(are_stopped),
                std::ptr::from_mut(&mut asked).cast::<c_void>(),
            );
            let batch = ffi::llama_batch {
                n_tokens: number(tokens.len()),
                token: ids.as_mut_ptr(),
                embd: std::ptr::null_mut(),
                pos: positions.as_mut_ptr(),
                n_seq_id: memberships.as_mut_ptr(),
                seq_id: members.as_mut_ptr(),
                logits: wanted.as_mut_ptr(),
            };
            let code = ffi::llama_decode(self.pointer.as_ptr(), batch);
            ffi::llama_set_abort_callback(self.pointer.as_ptr(), None, std::ptr::null_mut());
            code
        };
        match code {
            0 => Ok(()),
            2 => Err(Undone::Stopped),
            code => Err(Undone::Failed(code)),
        }
    }

    /// One number per token of the vocabulary, after the token at `place` of what was computed last.
    pub(super) fn logits(&mut self, place: usize) -> &[f32] {
        let count = self.model.vocabulary_tokens() as usize;
        let place = i32::try_from(place).expect("a context has fewer tokens");
        // SAFETY: the library checks the place; a row is as long as the vocabulary and lives until the
        // next computation, which needs this value for itself alone.
        unsafe {
            let logits = ffi::llama_get_logits_ith(self.pointer.as_ptr(), place);
            if logits.is_null() { &[] } else { std::slice::from_raw_parts(logits, count) }
        }
    }

    /// Has a sequence forget everything from this position on; `false` where the model can't forget in
    /// part, and then it has forgotten all.
    pub(super) fn keep(&mut self, sequence: usize, tokens: usize) -> bool {
        let number = |number: usize| i32::try_from(number).expect("a context has fewer tokens");
        // SAFETY: the context lives, and its memory with it.
        unsafe {
            let memory = ffi::llama_get_memory(self.pointer.as_ptr());
            ffi::llama_memory_seq_rm(memory, number(sequence), number(tokens), -1)
                || !ffi::llama_memory_seq_rm(memory, number(sequence), -1, -1)
        }
    }

    /// Has one sequence hold what another one holds, and nothing else.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        let number = |number: usize| i32::try_from(number).expect("there are few sequences");
        // SAFETY: the context lives, and its memory with it. Only whole sequences can be copied.
        unsafe {
            let memory = ffi::llama_get_memory(self.pointer.as_ptr());
            ffi::llama_memory_seq_rm(memory, number(to), -1, -1);
            ffi::llama_memory_seq_cp(memory, number(from), number(to), -1, -1);
        }
    }

    /// What a sequence holds, for another context of the same model.
    pub(super) fn save(&mut self, sequence: usize) -> Vec<u8> {
        let sequence = i32::try_from(sequence).expect("there are few sequences");
        // SAFETY: the buffer comes with its length; the library writes no more than that.
        unsafe {
            let mut bytes = vec![0; ffi::llama_state_seq_get_size(self.pointer.as_ptr(), sequence)];
            let written = ffi::llama_state_seq_get_data(
                self.pointer.as_ptr(),
                bytes.as_mut_ptr(),
                bytes.len(),
                sequence,
            );
            bytes.truncate(written);
            bytes
        }
    }

    /// `false` where it doesn't fit, and then the sequence holds nothing.
    pub(super) fn restore(&mut self, sequence: usize, saved: &[u8]) -> bool {
        let number = i32::try_from(sequence).expect("there are few sequences");
        // SAFETY: the bytes come with their length and were written by this library.
        let read = unsafe {
            ffi::llama_state_seq_set_data(self.pointer.as_ptr(), saved.as_ptr(), saved.len(), number)
        };
        if read == 0 {
            self.keep(sequence, 0);
        }
        read > 0
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: nothing else has these pointers; the pool is free once the context is.
        unsafe {
            ffi::llama_free(self.pointer.as_ptr());
            if let Some(threads) = self.threads {
                ffi::ggml_threadpool_free(threads.as_ptr());
            }
        }
    }
}

unsafe extern "C" fn are_stopped(stops: *mut c_void) -> bool {
    // SAFETY: `compute` passes its own list of signals, which lives during the call.
    unsafe { *stops.cast::<&[&StopSignal]>() }.iter().all(|stop| stop.is_asked())
}
