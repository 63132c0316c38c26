/** Two to four choices side by side. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  choose,
}: {
  label: string;
  value: T;
  choices: { value: T; words: string; lang?: string }[];
  choose: (value: T) => void;
}) {
  return (
    <span className="segments" role="group" aria-label={label}>
      {choices.map((each) => (
        <button key={each.value} type="button" lang={each.lang} aria-pressed={each.value === value} onClick={() => choose(each.value)}>
          {each.words}
        </button>
      ))}
    </span>
  );
}
