import { text } from "../text";

const star = "M10 2.5l2.3 4.8 5.2.7-3.8 3.6.9 5.2L10 14.3l-4.6 2.5.9-5.2L2.5 8l5.2-.7Z";

/** A customer's rating as stars. */
export function Rating({ stars }: { stars: number }) {
  return (
    <span
      class="rating"
      role="img"
      aria-label={text.history.rating(stars)}
      title={text.history.rating(stars)}
    >
      {[1, 2, 3, 4, 5].map((place) => (
        <svg key={place} width="14" height="14" viewBox="0 0 20 20" aria-hidden="true">
          <path class={place <= stars ? "on" : "off"} d={star} />
        </svg>
      ))}
    </span>
  );
}
