//! Effects, memos and tasks of one shape each.
//!
//! `leptos` compiles its machinery anew for every closure that it is given. Boxed closures have one type, so there is
//! one copy of it in the bundle (docs/adr/0004).

use std::{future::Future, pin::Pin};

use leptos::prelude::{Effect, Memo};

/// Runs `action` now and whenever something that it reads has changed, for as long as the calling page is shown.
pub(crate) fn effect(action: impl FnMut() + 'static) {
    let mut action: Box<dyn FnMut()> = Box::new(action);
    Effect::new(move |_| action());
}

/// A value made of others.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    Memo::new(move |_| compute())
}

/// Runs a task.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    leptos::task::spawn_local(task);
}
