import { useLanguage } from "./words";

/** Stands where a number is not known. */
export const NONE = "–";

/** How times and numbers are written in the language that is shown. */
export function useFormats() {
  const language = useLanguage();
  const number = new Intl.NumberFormat(language);
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23" });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  return {
    clock: (at: number | string) => clock.format(new Date(at)),
    moment: (at: number) => moment.format(at),
    hour: (at: number) => hour.format(at),
    /** A day such as `2026-11-21`, as it is called wherever one is. */
    day: (day_: string) => day.format(new Date(`${day_}T12:00:00`)),
    /** Minutes and seconds, as a clock shows them. */
    span: (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`,
    number: (value: number | null | undefined) => (value == null ? NONE : number.format(value)),
    compact: (value: number) => compact.format(value),
    percent: (part: number) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part),
    ago(at: number, now: number) {
      const seconds = Math.min(0, Math.round((at - now) / 1000));
      if (seconds > -60) return relative.format(0, "second");
      return seconds > -3600 ? relative.format(Math.ceil(seconds / 60), "minute") : relative.format(Math.ceil(seconds / 3600), "hour");
    },
  };
}
