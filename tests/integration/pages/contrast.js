// Gives every text that is seen with less contrast to its ground than WCAG 2.2 asks for at level AA (4.5, success
// criterion 1.4.3). Colours are taken as the browser paints them, whatever notation they have.
() => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return context.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const weak = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("script, .unseen")) continue;
    const grounds = [];
    for (let above = element; above; above = above.parentElement) grounds.unshift(getComputedStyle(above).backgroundColor);
    const ground = luminance(painted(grounds));
    const ink = luminance(painted([...grounds, getComputedStyle(element).color]));
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (contrast < 4.5) weak.push(`${element.className || element.tagName}: ${node.data.trim()} ${contrast.toFixed(2)}`);
  }
  return weak;
}
