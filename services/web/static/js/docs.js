// Starts Swagger UI on the merged document; requests tried out carry the guard that cookie sessions need.
window.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Guard"] = "1";
    return request;
  },
});
