// ReDoc over this program's own document.
globalThis.Redoc.init("/openapi.json", { hideLoading: true, nativeScrollbars: true }, document.getElementById("pages"));
