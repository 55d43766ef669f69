//! State, effects and tasks of one shape each.
//!
//! The reactive system is compiled anew for every type of value and every closure that it is given. Here values lie in
//! boxes behind one kind of signal, and closures are boxed: there is one copy of the machinery in the bundle
//! (docs/adr/0004).

use std::{
    any::Any,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use leptos::{
    prelude::{Effect, GetValue, Memo, StoredValue, Track, Trigger},
    reactive::{signal::ArcTrigger, traits::Notify},
};

/// A value that parts of the page read and change. Lives as long as the page that made it; what is read later is empty.
pub(crate) struct Shared<T> {
    value: StoredValue<Arc<dyn Any + Send + Sync>>,
    changed: Trigger,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

impl<T> std::fmt::Debug for Shared<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Shared")
    }
}

impl<T: Clone + Default + PartialEq + Send + 'static> Shared<T> {
    /// A value.
    pub(crate) fn new(value: T) -> Self {
        Self { value: keep(Arc::new(Mutex::new(value))), changed: Trigger::new(), kind: PhantomData }
    }

    /// The value; the reader runs again when it changes.
    pub(crate) fn get(self) -> T {
        self.changed.track();
        self.now()
    }

    /// The value, once.
    pub(crate) fn now(self) -> T {
        let held = self.value.try_get_value();
        held.as_ref().and_then(|held| held.downcast_ref::<Mutex<T>>()).map(read).unwrap_or_default()
    }

    /// Changes the value; an equal one wakes nobody.
    pub(crate) fn set(self, value: T) {
        let Some(held) = self.value.try_get_value() else { return };
        if held.downcast_ref::<Mutex<T>>().is_some_and(|held| replace(held, value)) {
            self.changed.notify();
        }
    }
}

/// The same with its life counted instead of bound to a page.
#[derive(Debug)]
pub(crate) struct Counted<T> {
    value: Arc<Mutex<T>>,
    changed: ArcTrigger,
}

impl<T> Clone for Counted<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), changed: self.changed.clone() }
    }
}

impl<T: Clone + PartialEq> Counted<T> {
    /// A value.
    pub(crate) fn new(value: T) -> Self {
        Self { value: Arc::new(Mutex::new(value)), changed: ArcTrigger::new() }
    }

    /// The value; the reader runs again when it changes.
    pub(crate) fn get(&self) -> T {
        self.changed.track();
        self.now()
    }

    /// The value, once.
    pub(crate) fn now(&self) -> T {
        read(&self.value)
    }

    /// Changes the value; an equal one wakes nobody.
    pub(crate) fn set(&self, value: T) {
        if replace(&self.value, value) {
            self.changed.notify();
        }
    }
}

/// Runs `action` now and whenever something that it reads has changed, for as long as the calling page is shown.
pub(crate) fn effect(action: impl FnMut() + 'static) {
    run_effect(Box::new(action));
}

/// Whether something holds; readers run again only when that changes.
pub(crate) fn whether(compute: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    memo_of_bool(Box::new(compute))
}

/// A text made of other values; readers run again only when it changes.
pub(crate) fn memo(compute: impl Fn() -> String + Send + Sync + 'static) -> Memo<String> {
    memo_of_text(Box::new(compute))
}

/// Runs a task.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    run_task(Box::pin(task));
}

fn keep(value: Arc<dyn Any + Send + Sync>) -> StoredValue<Arc<dyn Any + Send + Sync>> {
    StoredValue::new(value)
}

fn read<T: Clone>(held: &Mutex<T>) -> T {
    held.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn replace<T: PartialEq>(held: &Mutex<T>, value: T) -> bool {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    let is_new = *held != value;
    if is_new {
        *held = value;
    }
    is_new
}

// A closure in a generic function is a type of its own for every caller, hence these.

fn run_effect(mut action: Box<dyn FnMut()>) {
    Effect::new(move |_| action());
}

fn memo_of_bool(compute: Box<dyn Fn() -> bool + Send + Sync>) -> Memo<bool> {
    Memo::new(move |_| compute())
}

fn memo_of_text(compute: Box<dyn Fn() -> String + Send + Sync>) -> Memo<String> {
    Memo::new(move |_| compute())
}

fn run_task(task: Pin<Box<dyn Future<Output = ()>>>) {
    leptos::task::spawn_local(task);
}
