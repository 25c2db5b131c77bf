//! What the other processes say, shown on the streams of this one; and what they are told of who is here.

use std::time::Duration;

use tokio::{sync::mpsc, time::MissedTickBehavior};

use super::{
    presence::{show_presence, show_presence_to},
    signal::{show_typing, show_viewing},
};
use crate::{
    hub::{Heard, NodeId, Signal},
    state::State,
};

/// How often changes of who is here are told.
const CHANGES: Duration = Duration::from_millis(50);

/// Takes in what is heard until the backplane ends.
pub async fn hear_others(state: State, mut heard: mpsc::Receiver<Heard>) {
    while let Some(heard) = heard.recv().await {
        match heard {
            Heard::Connected => {
                state.hub.tell(Signal::Hello);
                tell_everybody(&state);
                // What was committed meanwhile was not heard of, so the journal is looked at for the next id.
                state.hub.hear_of(state.hub.head() + 1);
            }
            Heard::Beat(from) => state.presence.hear_beat(&from),
            Heard::Signal(from, signal) => take_in(&state, from, signal),
        }
    }
}

fn take_in(state: &State, from: NodeId, signal: Signal) {
    match signal {
        Signal::Committed(id) => state.hub.hear_of(id),
        Signal::Typing { place, topics, typing } => {
            show_typing(state, place, &topics, &typing);
        }
        Signal::Viewing(viewing) => {
            show_viewing(state, &viewing);
        }
        Signal::Presence { topics, presence } => show_presence_to(state, topics, presence),
        Signal::Attendance { people, complete } => {
            show_presence(state, &state.presence.hear(from, &people, complete, lease(state)));
        }
        Signal::Address(address) => state.peers.hear(from, address, lease(state)),
        Signal::Hello => tell_everybody(state),
        Signal::Farewell => {
            // Its people come back elsewhere, within the delay that their streams were told, or have gone.
            let back = Duration::from_millis(state.settings.stream.retry_max_ms);
            let grace = back + Duration::from_secs(state.settings.presence.offline_grace_seconds);
            state.presence.hear_farewell(&from, grace);
            state.peers.forget(&from);
        }
        Signal::Disconnect(user_id) => state.hub.disconnect(user_id),
    }
}

fn lease(state: &State) -> Duration {
    Duration::from_secs(state.settings.cluster.lease_seconds)
}

/// Tells the others who is here: at once what changes, and everybody several times in a lease.
pub async fn tell_attendance(state: State) {
    let mut changes = tokio::time::interval(CHANGES);
    changes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut renewal = tokio::time::interval(lease(&state) / 3);
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = changes.tick() => {
                let people = state.presence.take_changed();
                if !people.is_empty() {
                    state.hub.tell(Signal::Attendance { people, complete: false });
                }
            }
            _ = renewal.tick() => tell_everybody(&state),
        }
    }
}

fn tell_everybody(state: &State) {
    if let Some(address) = state.peers.own_address() {
        state.hub.tell(Signal::Address(address));
    }
    state.hub.tell(Signal::Attendance { people: state.presence.everybody_here(), complete: true });
}
