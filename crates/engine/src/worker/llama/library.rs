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

/// Prompts are computed in pieces of at most so many tokens, whatever the batch.
const PIECE_TOKENS: u32 = 512;
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
    /// `Err` is the reason, as far as the library says it.
    pub(super) fn load(file: &Path) -> Result<Self, String> {
        start();
        take_complaint();
        let path = file.to_str().ok_or("its path has characters that are not Unicode")?;
        let path = CString::new(path).map_err(|_| "its path has a zero byte")?;
        // SAFETY: the path is terminated and lives during the call; the parameters are the library's own.
        let model = unsafe {
            let mut parameters = ffi::llama_model_default_params();
            parameters.n_gpu_layers = 0;
            parameters.load_mode = ffi::LLAMA_LOAD_MODE_MMAP;
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

/// What has been computed of one sequence of tokens, and the place where more is computed.
#[derive(Debug)]
pub(super) struct Context {
    pointer: NonNull<ffi::llama_context>,
    threads: Option<NonNull<ffi::ggml_threadpool>>,
    model: Arc<Model>,
    capacity_tokens: u32,
}

// SAFETY: a context may be used by any one thread at a time.
unsafe impl Send for Context {}

impl Context {
    /// Room for so many tokens, computed by so many threads.
    pub(super) fn new(model: &Arc<Model>, capacity_tokens: u32, threads: u32) -> Result<Self, String> {
        take_complaint();
        let thread_count = i32::try_from(threads).unwrap_or(1);
        // SAFETY: the parameters are the library's own, and the model lives as long as the context.
        let context = unsafe {
            let mut parameters = ffi::llama_context_default_params();
            parameters.n_ctx = capacity_tokens;
            parameters.n_batch = capacity_tokens;
            parameters.n_ubatch = PIECE_TOKENS.min(capacity_tokens);
            // One row of logits: with more, the library keeps room for a row per token of the batch.
            parameters.n_outputs_max = 1;
            parameters.n_seq_max = 1;
            parameters.n_threads = thread_count;
            parameters.n_threads_batch = thread_count;
            parameters.no_perf = true;
            ffi::llama_init_from_model(model.pointer.as_ptr(), parameters)
        };
        let pointer = NonNull::new(context).ok_or_else(take_complaint)?;
        let mut context = Self { pointer, threads: None, model: Arc::clone(model), capacity_tokens };
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

    pub(super) fn capacity_tokens(&self) -> u32 {
        self.capacity_tokens
    }

    /// Computes the tokens after those that are held. The logits after the last one can be read then.
    pub(super) fn compute(&mut self, tokens: &[Token], stop: &StopSignal) -> Result<(), Undone> {
        let count = i32::try_from(tokens.len()).expect("a context has fewer tokens");
        let asked: *const StopSignal = stop;
        // SAFETY: the library only reads the tokens, although its type says otherwise; the signal
        // outlives the call, and the callback is taken back right after it.
        let code = unsafe {
            ffi::llama_set_abort_callback(
                self.pointer.as_ptr(),
                Some(is_stopped),
                asked.cast_mut().cast::<c_void>(),
            );
            let batch = ffi::llama_batch_get_one(tokens.as_ptr().cast_mut(), count);
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

    /// One number per token of the vocabulary, after the last token that was computed.
    pub(super) fn logits(&mut self) -> &[f32] {
        let count = self.model.vocabulary_tokens() as usize;
        // SAFETY: after a successful computation the last row exists, is as long as the vocabulary and
        // lives until the next computation, which needs this value for itself alone.
        unsafe {
            let logits = ffi::llama_get_logits_ith(self.pointer.as_ptr(), -1);
            if logits.is_null() { &[] } else { std::slice::from_raw_parts(logits, count) }
        }
    }

    /// Forgets everything from this position on; `false` where the model can't forget in part, and then
    /// it has forgotten all.
    pub(super) fn keep(&mut self, tokens: usize) -> bool {
        let from = i32::try_from(tokens).expect("a context has fewer tokens");
        // SAFETY: the context lives, and its memory with it.
        unsafe {
            let memory = ffi::llama_get_memory(self.pointer.as_ptr());
            let kept = ffi::llama_memory_seq_rm(memory, 0, from, -1);
            if !kept {
                ffi::llama_memory_clear(memory, false);
            }
            kept
        }
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

unsafe extern "C" fn is_stopped(stop: *mut c_void) -> bool {
    // SAFETY: `compute` passes its own signal, which lives during the call.
    unsafe { &*stop.cast::<StopSignal>() }.is_asked()
}
