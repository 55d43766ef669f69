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

/// A value of any type. It never changes: another one takes its place.
type Held = Arc<dyn Any + Send + Sync>;

/// A value that parts of the page read and change. Lives as long as the page that made it; what is read later is empty.
pub(crate) struct Shared<T> {
    value: StoredValue<Arc<Mutex<Held>>>,
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

impl<T: Clone + Default + PartialEq + Send + Sync + 'static> Shared<T> {
    /// A value.
    pub(crate) fn new(value: T) -> Self {
        let (value, changed) = keep(Arc::new(value));
        Self { value, changed, kind: PhantomData }
    }

    /// The value; the reader runs again when it changes.
    pub(crate) fn get(self) -> T {
        self.changed.track();
        self.now()
    }

    /// The value, once.
    pub(crate) fn now(self) -> T {
        match held(self.value).as_ref().and_then(|held| held.downcast_ref::<T>()) {
            Some(value) => value.clone(),
            None => T::default(),
        }
    }

    /// Changes the value; an equal one wakes nobody.
    pub(crate) fn set(self, value: T) {
        hold(self.value, self.changed, Arc::new(value), equals::<T>);
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

// What does not depend on the type stands outside of it.

fn keep(value: Held) -> (StoredValue<Arc<Mutex<Held>>>, Trigger) {
    (StoredValue::new(Arc::new(Mutex::new(value))), Trigger::new())
}

fn held(value: StoredValue<Arc<Mutex<Held>>>) -> Option<Held> {
    value.try_get_value().map(|held| read(&held))
}

fn hold(
    value: StoredValue<Arc<Mutex<Held>>>,
    changed: Trigger,
    new: Held,
    equals: fn(&dyn Any, &dyn Any) -> bool,
) {
    let Some(held) = value.try_get_value() else { return };
    let old = read(&held);
    if !equals(&*old, &*new) {
        *held.lock().unwrap_or_else(PoisonError::into_inner) = new;
        changed.notify();
    }
}

fn equals<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>() == other.downcast_ref::<T>()
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

// A closure in a generic function is a type of its own for every caller, hence these. And a boxed closure brings two
// functions along for every closure, a trait of one method one.

trait Act {
    fn act(&mut self);
}

impl<F: FnMut()> Act for F {
    fn act(&mut self) {
        self();
    }
}

trait Compute<T>: Send + Sync {
    fn compute(&self) -> T;
}

impl<T, F: Fn() -> T + Send + Sync> Compute<T> for F {
    fn compute(&self) -> T {
        self()
    }
}

fn run_effect(mut action: Box<dyn Act>) {
    Effect::new(move |_| action.act());
}

fn memo_of_bool(compute: Box<dyn Compute<bool>>) -> Memo<bool> {
    Memo::new(move |_| compute.compute())
}

fn memo_of_text(compute: Box<dyn Compute<String>>) -> Memo<String> {
    Memo::new(move |_| compute.compute())
}

fn run_task(task: Pin<Box<dyn Future<Output = ()>>>) {
    leptos::task::spawn_local(task);
}
