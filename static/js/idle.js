/**
 * A page at a computer that many people use one after the other goes back by itself, once nobody has touched it for a while.
 *
 * [data-idle]   the seconds; on the link or button of the page that goes back by hand
 */

const back = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-idle]"));
if (back) {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(back.href), Number(back.dataset.idle) * 1000);
  };
  for (const touch of ["pointerdown", "pointermove", "keydown", "scroll", "input"]) addEventListener(touch, again, { passive: true });
  again();
}
