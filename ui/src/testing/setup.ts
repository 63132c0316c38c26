import { configure } from "@testing-library/react";

// Pages are loaded when they are gone to, which takes a busy machine its time.
configure({ asyncUtilTimeout: 20_000 });
