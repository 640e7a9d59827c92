//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Decide`].

use tencent_chat_callbacks::answer::Decide;

/// Your decisions. A method that you do not write allows everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decisions;

impl Decide for Decisions {}
