/** A live-build that the tree brings along: its hooks take the place of the stock ones, and scripts of `auto/` find it, as with live-build. */
export const ownLiveBuild = 'local/live-build';
