import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProvider } from "./api/client";
import { App } from "./app/App";
import { findHost } from "./host/host";
import "./styles/index.css";

const root = document.getElementById("root");
if (root !== null) {
  const host = await findHost();
  createRoot(root).render(
    <StrictMode>
      <ApiProvider host={host}>
        <App />
      </ApiProvider>
    </StrictMode>,
  );
}
