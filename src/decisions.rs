//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Decide`].

use tencent_chat_callbacks::answer::Decide;

/// Your decisions. A command without a method here is allowed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decisions;

impl Decide for Decisions {}
