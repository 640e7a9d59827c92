//! Reads what the function has recorded, and records what it could not.

#![cfg_attr(not(feature = "aws"), allow(dead_code, reason = "a stack is never described"))]

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

mod arguments;
mod aws;
mod columns;
mod commands;
mod event;
mod fault;
mod follow;
mod log_group;
mod moment;
mod output;
mod place;
mod reader;
mod redrive;
mod stack;
mod streams;

use arguments::{Arguments, Command};
use fault::Fault;
use output::Output;
use place::Place;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(Fault::Closed) => ExitCode::SUCCESS,
        Err(Fault::Told(message)) => {
            // Not `eprintln!`, which panics where nobody listens.
            let _ = writeln!(io::stderr(), "chat-events: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { command, place, json }: Arguments) -> Result<ExitCode, Fault> {
    let mut output = Output::new(json);
    if let Command::Commands = command {
        commands::list(&mut output)?;
    } else {
        if matches!(command, Command::List) && !place.local {
            return Err(Fault::told(
                "list reads a whole table, so it takes --local; use history, day or follow",
            ));
        }
        let place = Place::find(place).await?;
        match command {
            Command::History { subject, since } => {
                reader::history(&place, &subject, since, &mut output).await?;
            }
            Command::Day { command, date } => reader::day(&place, &command, &date, &mut output).await?,
            Command::Show { pk, sk } => reader::show(&place, &pk, &sk, &mut output).await?,
            Command::List => reader::list(&place, &mut output).await?,
            Command::Follow { from_start } => follow::follow(&place, from_start, &mut output).await?,
            Command::Redrive(redrive) => return redrive::run(&place, &redrive, &mut output).await,
            Command::Commands => {}
        }
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}
