"""Contrast, judged once for all elements whose colours come about in the same way.

axe takes most of its time for contrast, and the elements of a site are coloured in few ways. What
axe's judgement of an element is made of is read here for each: how its text is drawn, and what its
ancestors paint, how opaque they are and how they blend, up to the root. Elements alike in all of
that are as readable as each other, on whatever page they stand, so axe is asked about those alone
whose like it has not yet measured and found readable. It is asked, too, about every element of
which the ancestors do not tell all: what others paint lies over or under its text, the text sticks
out of what an ancestor paints, or it stands in a tree of its own. Nothing is known of what is hard
to read but that it is, so each element of that kind is named.
"""

# axe alone knows which elements are judged and how: its check is asked, and not rewritten.
JUDGED_ONCE = """
async ([options, green]) => {
  const check = axe._audit.checks["color-contrast"];
  const judge = check.evaluate;
  const known = new Set(green);
  const learnt = [];

  const clear = /^rgba.*, 0\\)$|\\/ 0\\)$/;
  const paints = (style) =>
    style.backgroundImage !== "none" || !clear.test(style.backgroundColor);
  const painted = [...document.querySelectorAll("*")]
    .filter((it) => paints(getComputedStyle(it)))
    .map((it) => [it, it.getBoundingClientRect()]);
  const meet = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const holds = (outer, it) =>
    outer.left <= it.left && outer.right >= it.right &&
    outer.top <= it.top && outer.bottom >= it.bottom;

  const text = (element) => {
    if (["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName)) {
      return [element.getBoundingClientRect()];
    }
    const range = document.createRange();
    return [...element.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE).flatMap((it) => {
      range.selectNodeContents(it);
      return [...range.getClientRects()];
    });
  };
  const ancestorsTellAll = (element) => {
    const lines = text(element);
    return lines.length > 0 && element.getRootNode() === document && painted.every(([it, place]) =>
      it.contains(element)
        ? it === document.documentElement || lines.every((line) => holds(place, line))
        : !lines.some((line) => meet(place, line))
    );
  };

  const grounds = new Map([[null, ""]]);
  const ground = (element) => {
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.opacity, style.mixBlendMode, style.zIndex].join();
      const plain = own === "1,normal,auto" && !paints(style);
      const here = plain ? "" : `${style.backgroundColor} ${style.backgroundImage} ${own};`;
      grounds.set(element, here + ground(element.parentElement));
    }
    return grounds.get(element);
  };
  const looks = (element) => {
    const style = getComputedStyle(element);
    const drawn = [
      style.color, style.webkitTextFillColor, style.webkitTextStrokeColor,
      style.webkitTextStrokeWidth, style.textShadow, style.fontSize, style.fontWeight,
    ];
    return `${drawn.join("|")} on ${ground(element)}`;
  };

  check.evaluate = function (element, ...more) {
    if (!ancestorsTellAll(element)) return judge.call(this, element, ...more);
    const look = looks(element);
    if (known.has(look)) return true;
    const tell = this.data;
    let told = {};
    this.data = (it) => tell((told = it));
    const readable = judge.call(this, element, ...more);
    // What is hidden is not wrong either, but nothing of it was measured.
    if (readable === true && told.bgColor && told.fgColor && told.contrastRatio) {
      known.add(look);
      learnt.push(look);
    }
    return readable;
  };
  try {
    const { violations } = await axe.run(document, options);
    return { violations, learnt };
  } finally {
    check.evaluate = judge;
  }
}
"""
