import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProvider } from "./api/client";
import { App } from "./app/App";
import { findHost } from "./host/host";
import "./styles/index.css";

const root = document.getElementById("root");
if (root !== null) {
  const host = await findHost();
  const { gate } = host;
  const Entrance = gate && (await import("./features/entrance/Entrance")).Entrance;
  const inside = (
    <ApiProvider host={host}>
      <App />
    </ApiProvider>
  );
  createRoot(root).render(<StrictMode>{gate && Entrance ? <Entrance gate={gate}>{inside}</Entrance> : inside}</StrictMode>);
}
