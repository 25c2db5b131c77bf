//! One list of routes from which they are both mounted and documented.

/// Declares `mount`, which serves the listed routes (another method gets 405 with `Allow`), and `Documented`, their
/// OpenAPI document.
///
/// `routes! { "/path" => { get: module::handler, post: other }; … }`
#[macro_export]
macro_rules! routes {
    ($($path:literal => { $($method:ident : $($handler:ident)::+),+ $(,)? });+ $(;)?) => {
        /// Serves the routes of this module.
        pub fn mount(config: &mut actix_web::web::ServiceConfig) {
            $(config.service(
                actix_web::web::resource($path)
                    $(.route(actix_web::web::$method().to($($handler)::+)))+
                    .default_service(actix_web::web::to(|| async {
                        let allow = [$(stringify!($method)),+].join(", ").to_uppercase();
                        Err::<actix_web::HttpResponse, _>($crate::http::Problem::method_not_allowed(&allow))
                    })),
            );)+
        }

        /// The document of these routes.
        #[derive(Debug, utoipa::OpenApi)]
        #[openapi(paths($($($($handler)::+),+),+))]
        pub struct Documented;
    };
}
