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
  const list = new Intl.ListFormat(language, { type: "conjunction" });
  const unit = (name: string, count: number) => new Intl.NumberFormat(language, { style: "unit", unit: name }).format(Math.ceil(count));
  return {
    clock: (at: number | string) => clock.format(new Date(at)),
    moment: (at: number) => moment.format(at),
    hour: (at: number) => hour.format(at),
    /** A day such as `2026-11-21`, as it is called wherever one is. */
    day: (day_: string) => day.format(new Date(`${day_}T12:00:00`)),
    /** Minutes and seconds, as a clock shows them. */
    span: (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`,
    /** How long something lasts, rounded up to the unit that one would say. */
    lasting(seconds: number) {
      if (seconds < 120) return unit("second", seconds);
      return seconds < 7200 ? unit("minute", seconds / 60) : unit("hour", seconds / 3600);
    },
    /** Things one after the other, as a sentence has them. */
    list: (all: string[]) => list.format(all),
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
