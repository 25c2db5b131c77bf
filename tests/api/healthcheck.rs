//! `sapa healthcheck`: its exit code is what a supervisor asks for.

use crate::harness::{TestApp, run};

#[tokio::test]
async fn a_service_that_answers_is_healthy() {
    let mut app = TestApp::start().await;
    for host in ["127.0.0.1", "localhost", "0.0.0.0"] {
        let finished = healthcheck(&app, host).await.succeeded();
        assert!(finished.stdout.is_empty() && finished.stderr.is_empty(), "{} {}", finished.stdout, finished.stderr);
    }
    app.kill();
    let message = healthcheck(&app, "127.0.0.1").await.refused();
    assert!(message.contains("refused"), "{message}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_not_healthy() {
    let app = TestApp::start().await;
    app.signal("STOP");
    let message = healthcheck(&app, "127.0.0.1").await.refused();
    app.signal("CONT");
    assert!(!message.is_empty());
    healthcheck(&app, "127.0.0.1").await.succeeded();
}

#[tokio::test]
async fn an_unknown_port_cannot_be_asked() {
    let app = TestApp::start().await;
    let message = run(app.folder(), &[("PORT", "0")], &["healthcheck"]).await.refused();
    assert!(message.contains("server.port"), "{message}");
}

/// Asks with the settings of the server, but for the host.
async fn healthcheck(app: &TestApp, host: &str) -> crate::harness::Finished {
    let port = app.address.rsplit(':').next().expect("a port");
    let mut environment = app.environment();
    environment.retain(|(key, _)| !["HOST", "PORT"].contains(key));
    environment.extend([("HOST", host), ("PORT", port)]);
    run(app.folder(), &environment, &["healthcheck"]).await
}
