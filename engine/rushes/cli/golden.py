"""rushes golden."""
import typer
app = typer.Typer(help="Golden runs.", no_args_is_help=True)
