//! The Prometheus registry and everything in it.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

const BATCH_SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
const SECONDS: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];

/// Counters, gauges and histograms of one process.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    /// Streams that are open.
    pub open_streams: IntGauge,
    /// Writes that wait for the next commit.
    pub writer_queue: IntGauge,
    /// Frames that were put into readers' queues.
    pub deliveries: IntCounter,
    /// Readers that fell behind and were refilled from the journal.
    pub readers_behind: IntCounter,
    /// Readers that took nothing for too long and were disconnected.
    pub readers_stalled: IntCounter,
    /// Events that other processes committed and this one read from the journal.
    pub followed: IntCounter,
    /// 1 while the other processes are told over Redis.
    pub redis_connected: IntGauge,
    commit_writes: Histogram,
    commit_seconds: Histogram,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
}

impl Metrics {
    /// A registry with all metrics at zero.
    ///
    /// # Errors
    /// A metric's name or help is not valid, which tests rule out.
    pub fn new() -> Result<Self, prometheus::Error> {
        let by_route = &["method", "route", "status"];
        let metrics = Self {
            registry: Registry::new(),
            open_streams: IntGauge::new("sapa_streams_open", "Event streams that are open")?,
            writer_queue: IntGauge::new("sapa_writer_queue_depth", "Writes that wait for the next commit")?,
            deliveries: IntCounter::new("sapa_deliveries_total", "Frames put into readers' queues")?,
            readers_behind: IntCounter::new("sapa_readers_behind_total", "Readers refilled from the journal")?,
            readers_stalled: IntCounter::new(
                "sapa_readers_stalled_total",
                "Readers disconnected as they took nothing",
            )?,
            followed: IntCounter::new(
                "sapa_journal_followed_total",
                "Events of other processes that were published here",
            )?,
            redis_connected: IntGauge::new("sapa_redis_connected", "Whether the other processes are told over Redis")?,
            commit_writes: histogram("sapa_commit_writes", "Writes in one commit", &BATCH_SIZES)?,
            commit_seconds: histogram(
                "sapa_commit_seconds",
                "Seconds from the begin of a commit to its end",
                &SECONDS,
            )?,
            requests: IntCounterVec::new(Opts::new("sapa_http_requests_total", "Requests answered"), by_route)?,
            request_seconds: HistogramVec::new(
                HistogramOpts::new("sapa_http_request_seconds", "Seconds until the head of the answer")
                    .buckets(SECONDS.to_vec()),
                &["route"],
            )?,
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        let all: [Box<dyn prometheus::core::Collector>; 11] = [
            Box::new(self.open_streams.clone()),
            Box::new(self.writer_queue.clone()),
            Box::new(self.deliveries.clone()),
            Box::new(self.readers_behind.clone()),
            Box::new(self.readers_stalled.clone()),
            Box::new(self.followed.clone()),
            Box::new(self.redis_connected.clone()),
            Box::new(self.commit_writes.clone()),
            Box::new(self.commit_seconds.clone()),
            Box::new(self.requests.clone()),
            Box::new(self.request_seconds.clone()),
        ];
        all.into_iter().try_for_each(|metric| self.registry.register(metric))
    }

    /// Notes a commit of that many writes.
    pub fn committed(&self, writes: usize, took: Duration) {
        self.commit_writes.observe(u32::try_from(writes).unwrap_or(u32::MAX).into());
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// Notes an answered request. `route` is the pattern, never the path, so that the series stay few.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.request_seconds.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// Everything in the Prometheus text format.
    ///
    /// # Errors
    /// The encoder's error; it does not fail on a registry of our own.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

fn histogram(name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, prometheus::Error> {
    Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))
}
