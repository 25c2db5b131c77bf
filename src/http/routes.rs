//! One list of routes from which they are both mounted and documented.

use actix_web::{Route, guard, http::Method, web};

/// A route for a method; whatever answers GET answers HEAD too (RFC 9110, section 9.1).
pub fn route_for(method: &str) -> Route {
    match Method::from_bytes(method.to_uppercase().as_bytes()) {
        Ok(Method::GET) => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        Ok(method) => web::method(method),
        Err(_) => web::route().guard(guard::fn_guard(|_| false)),
    }
}

/// The value of `Allow` for these methods.
pub fn allow_of(methods: &[&str]) -> String {
    methods.join(", ").to_uppercase().replace("GET", "GET, HEAD")
}

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
                    $(.route($crate::http::route_for(stringify!($method)).to($($handler)::+)))+
                    .default_service(actix_web::web::to(|| async {
                        let allow = $crate::http::allow_of(&[$(stringify!($method)),+]);
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
