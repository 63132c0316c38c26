import type { Settings, SettingsChange } from "../../api/contract";

/** The settings in force, and how to change some of them. */
export interface Kept {
  now: Settings;
  set: (change: SettingsChange) => void;
}
