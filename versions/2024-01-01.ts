// The first release: the shapes that are left when every later change is undone.
export default []
